// @ts-check
/**
 * Loads the bundle, and keeps what V8 has compiled of it for the next time: compiling takes as long as an empty program of Node.
 * Node 20 keeps nothing, and later ones keep functions only that were compiled at once. NODE_DISABLE_COMPILE_CACHE turns this
 * off, as it does for Node.
 */
'use strict'

const fs = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')

const BUNDLE = join(__dirname, '../bundle')
const MAIN = 'main.cjs'
/** The name has a hash of the content. V8 itself compares only the length of a file with that of what was compiled. */
const HASHED = /-[\w-]{8}\.cjs$/
/** What others may do in a folder that only its owner may write. */
const WRITABLE_BY_OTHERS = 0o022
const DAY_MS = 24 * 60 * 60 * 1000

/** @typedef {{ exports: Record<string, unknown> }} Module */

/** @type {Map<string, Module>} */
const modules = new Map()
/** Files of which nothing usable was kept. @type {Map<string, Script>} */
const compiled = new Map()

exports.start = () => {
  const folder = cacheFolder()
  const kept = folder !== undefined && isOwn(folder) ? folder : undefined
  if (folder !== undefined) process.on('exit', () => keep(folder))
  load(MAIN, kept)
}

/** @returns {string | undefined} the folder for this version of Node; undefined where nothing is to be kept */
function cacheFolder() {
  const { HOME: home, XDG_CACHE_HOME: cache, NODE_DISABLE_COMPILE_CACHE: disabled } = process.env
  if (disabled || process.platform === 'win32' || !(cache || home)) return undefined
  return join(cache || join(home ?? '', '.cache'), 'dockline', `compiled-${process.version}-${process.arch}`)
}

/**
 * Whether nobody else could have put something there: it would be run.
 * @param {string} folder
 */
function isOwn(folder) {
  try {
    const stat = fs.lstatSync(folder)
    return stat.isDirectory() && stat.uid === process.geteuid?.() && !(stat.mode & WRITABLE_BY_OTHERS)
  } catch {
    return false
  }
}

/**
 * Files of the bundle are beside each other: nothing has to be looked for, which takes Node a while.
 * @param {string} name
 * @param {string | undefined} folder
 * @returns {Record<string, unknown>}
 */
function load(name, folder) {
  const known = modules.get(name)
  if (known !== undefined) return known.exports
  /** @type {Module} */
  const module = { exports: {} }
  modules.set(name, module)
  const filename = join(BUNDLE, name)
  const requireFrom = (/** @type {string} */ id) =>
    id.startsWith('./') ? load(id.slice(2), folder) : require(id)
  compile(name, folder).runInThisContext()(module.exports, requireFrom, module, filename, BUNDLE)
  return module.exports
}

/**
 * @param {string} name
 * @param {string | undefined} folder
 */
function compile(name, folder) {
  const filename = join(BUNDLE, name)
  const wrapper = `(function (exports, require, module, __filename, __dirname) { `
  // The bundle is of ASCII, which Node reads faster so.
  const source = `${wrapper}${fs.readFileSync(filename, 'latin1')}\n})`
  const cachedData = folder === undefined ? undefined : read(join(folder, name))
  const script = new Script(source, { filename, cachedData, columnOffset: -wrapper.length })
  if (HASHED.test(name) && (cachedData === undefined || script.cachedDataRejected)) compiled.set(name, script)
  return script
}

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file)
  } catch {
    return undefined
  }
}

/**
 * At the end, when all functions that this command needs are compiled. Where it cannot be kept, nothing is.
 * @param {string} folder
 */
function keep(folder) {
  if (compiled.size === 0) return
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOwn(folder)) return
    for (const [name, script] of compiled) write(join(folder, name), script.createCachedData())
    forgetOthers(folder)
  } catch {}
}

/**
 * Another command may read it at the same time: it is there as a whole, or it is not.
 * @param {string} file
 * @param {Buffer} bytes
 */
function write(file, bytes) {
  const part = `${file}.${process.pid}`
  fs.writeFileSync(part, bytes, { mode: 0o600 })
  fs.renameSync(part, file)
}

/**
 * Removes the files of other versions of this command, and of writes that were cut short. A version that is used beside this one
 * has to compile once a day at most.
 * @param {string} folder
 */
function forgetOthers(folder) {
  const present = new Set(fs.readdirSync(BUNDLE))
  for (const name of fs.readdirSync(folder)) {
    const file = join(folder, name)
    if (!present.has(name) && fs.lstatSync(file).mtimeMs < Date.now() - DAY_MS) fs.rmSync(file)
  }
}
