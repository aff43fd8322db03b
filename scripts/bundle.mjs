// @ts-check
// The last step of the build: what people import and run, as few files. A module costs a quarter of a millisecond to load
// whatever is in it, and there are hundreds.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { rolldown } from 'rolldown'
import { compact, squeeze, withoutIndents } from './lib/compact.mjs'
import { doorModules, LIBRARY } from './lib/doors.mjs'
import { LEFT_OUT } from './lib/left-out.mjs'
import { ROOT } from './lib/prepare.mjs'
import { replaceFolder } from './lib/replace-folder.mjs'
import { shareHelpers } from './lib/shared-helpers.mjs'
import { SHORT_NAMES, withHelpers } from './lib/short-names.mjs'

/** @typedef {(id: string) => import('rolldown').ModuleInfo | null} GetModuleInfo */
/** @typedef {(id: string, getModuleInfo: GetModuleInfo) => string | null} ChunkOf names the file that a module goes to */

const COMMAND = join(ROOT, 'packages/cli')
const COMMANDS = join(COMMAND, 'dist')
const DROP_IN = join(ROOT, 'packages/dockerode')
const MODULES = join(ROOT, 'node_modules')
/** Made beside what is there. Another build may be making its own. */
const NEW = `.cache/bundle-${process.pid}`

/**
 * What the library publishes inside its bundle, and not as a dependency. Bun has a `ws` of its own that it takes for any
 * import of that name, and whose frames cannot be had apart from a server.
 */
const INLINED = join(MODULES, 'ws')

/** Of which little is used: what is in the way of a message from and to bytes. */
const PROTOBUF = join(MODULES, '@bufbuild/protobuf')

/** Where the packages that have the library inside find its doors. */
const ALIASES = Object.fromEntries(
  Object.entries(doorModules('.js')).map(([door, file]) => [
    door === 'index' ? 'dockline' : `dockline/${door}`,
    file,
  ]),
)

/**
 * Bundles the library as CommonJS modules, with an ES module for each door that passes their exports on: whoever imports it
 * and whoever requires it get the same classes, on every Node.
 */
async function bundleLibrary() {
  const doors = doorModules('.js')
  const core = staticGraph(doors.index ?? '')
  const { dir, exportsOf } = await bundle(LIBRARY, {
    // The reaper is a program that a process with scopes starts.
    input: { ...doors, 'reaper-program': join(LIBRARY, 'dist/reaper-program.js') },
    // All other packages are inside.
    external: [/^node:/],
    foldersOf: (id, getModuleInfo) => (core(getModuleInfo).has(id) ? lateFile(id) : null),
    // What is loaded with the door is one file. What is loaded late stays in files of its own.
    chunkOf: (id, getModuleInfo) => {
      if (core(getModuleInfo).has(id)) return 'core'
      return id.startsWith(MODULES) ? shortNameOf(id) : null
    },
    plugins: [LEFT_OUT, WHEN_USED, FOR_BUNDLERS, SHORT_NAMES, COMPACT, IN_ASCII],
    shortExports: true,
  })
  for (const door of Object.keys(doors))
    writeFileSync(join(dir, `${door}.mjs`), esModule(door, exportsOf(door)))
  nameByContent(dir)
  replaceFolder(join(LIBRARY, 'bundle'), dir)
}

/**
 * Modules of the main door that few programs need, by the name of their file. Node reads the file when a program first uses one of
 * its functions.
 * Classes that the door exports cannot be here, and neither can what a module uses while it is evaluated.
 * @type {readonly (readonly [name: string, files: RegExp])[]}
 */
const LATE = [
  [
    'options',
    /^(?:support\/synonyms\.|models\/(?:options\/(?!table|values|filters|time|units|index|environment\.|config|limits|words|mount)|containers\/(?:container-options|create-container|run-options|run|stats|published|endpoints)\.))/,
  ],
  ['images', /^models\/images\/(?:build\.|image-transfers|builds\/(?!builds\.|build-cache|history\.|index))/],
  ['sessions', /^models\/sessions\/(?!(?:session|source|detaching|output-mode|bridge\/bridge)\.)/],
  ['contexts', /^config\/(?:contexts\/(?!contexts-store|index)|tls-files)/],
]

/** @param {string} id */
function lateFile(id) {
  const module = relative(join(LIBRARY, 'dist'), id).replaceAll(sep, '/')
  return LATE.find(([, files]) => files.test(module))?.[0] ?? null
}

/**
 * @param {string} door
 * @param {readonly string[]} names
 */
function esModule(door, names) {
  if (names.length === 0) return 'export {}\n'
  return `import door from './${door}.cjs'\nexport const {\n${names.join(',\n')}\n} = door\n`
}

/** With everything inside, also the library: nothing is left to install, and what a command does not use is not loaded. */
async function bundleCommand() {
  const main = join(COMMANDS, 'main.js')
  const doors = Object.values(ALIASES)
  const [base, libraries] = [staticGraph(main), doors.map(staticGraph)]
  const { dir } = await bundle(COMMAND, {
    input: { main },
    external: [/^node:/],
    alias: ALIASES,
    foldersOf: (id, getModuleInfo) => {
      if (INTERPRETER.test(id)) return 'interpreter'
      if (!doors.includes(id) && !libraries.some((library) => library(getModuleInfo).has(id))) return null
      if (id.startsWith(MODULES)) return shortNameOf(id)
      const file = relative(join(LIBRARY, 'dist'), id).replaceAll(sep, '/')
      return FIRST.test(file) ? 'dockline' : `dockline-${folderOf(id, join(LIBRARY, 'dist'))}`
    },
    chunkOf: (id, getModuleInfo) => {
      if (base(getModuleInfo).has(id)) return 'base'
      if (!isShared(id, getModuleInfo)) return null
      const folder = folderOf(id, COMMANDS)
      // Little, and nearly every command has some of it: a file more takes longer.
      return ['flags', 'commands'].includes(folder) ? 'base' : folder
    },
    plugins: [ON_DEMAND, IN_ASCII],
    // The command keeps compiled code by the names of these files.
    hashedNames: true,
  })
  replaceFolder(join(COMMAND, 'bundle'), dir)
}

/**
 * A file for each module that programs require by its name, and the library inside: programs that are no modules cannot all
 * require one.
 */
async function bundleDropIn() {
  const names = readdirSync(join(DROP_IN, 'dist')).filter((name) => DOORS.test(name))
  const input = Object.fromEntries(
    names.map((name) => [name.replace('.js', ''), join(DROP_IN, 'dist', name)]),
  )
  const docker = join(DROP_IN, 'dist/docker.js')
  const core = staticGraph(docker)
  const { dir } = await bundle(DROP_IN, {
    input,
    external: [/^node:/],
    alias: ALIASES,
    chunkOf: (id, getModuleInfo) => (core(getModuleInfo).has(id) && !isDoor(id) ? 'core' : null),
    plugins: [LEFT_OUT, FOR_BUNDLERS, PLAIN],
    extension: 'js',
    // It runs in other people's programs: an error of theirs that is not caught shows the line that it comes from.
  })
  // Whatever the package around it is made of.
  writeFileSync(join(dir, 'package.json'), '{"type":"commonjs"}\n')
  nameByContent(dir)
  replaceFolder(join(DROP_IN, 'lib'), dir)
}

/** In a file of fewer bytes, Deno notices every change. It counts characters, with those that it puts around the file. */
const NOTICED_BYTES = 15_000

/**
 * Gives large files names that change with the bundle. Deno keeps what V8 has compiled of a CommonJS file by the file's name, and of a
 * large one it looks at no more than the length: after an update that keeps the length, it would run the old one.
 * @param {string} dir
 */
function nameByContent(dir) {
  const files = readdirSync(dir).filter((name) => /\.c?js$/.test(name))
  const codes = new Map(files.map((name) => [name, readFileSync(join(dir, name), 'utf8')]))
  // One for all, since they name each other.
  const mark = createHash('sha256')
    .update([...codes.values()].join(''))
    .digest('hex')
    .slice(0, 5)
  const large = files.filter((name) => Buffer.byteLength(codes.get(name) ?? '') > NOTICED_BYTES)
  const marked = (/** @type {string} */ name) => name.replace(/(?=\.c?js$)/, `-${mark}`)
  for (const name of large) renameSync(join(dir, name), join(dir, marked(name)))
  for (const [name, code] of codes) {
    const named = code.replace(REQUIRED_BESIDE, (all, quote, file) =>
      large.includes(file) ? `require(${quote}./${marked(file)}${quote})` : all,
    )
    writeFileSync(join(dir, large.includes(name) ? marked(name) : name), named)
  }
}

const REQUIRED_BESIDE = /\brequire\((["'`])\.\/([\w.-]+)\1\)/g

/** What dockerode has in files of its own, and what takes the place of docker-modem. */
const DOORS =
  /^(?:docker|container|exec|image|network|volume|service|task|node|secret|config|plugin|util|modem)\.js$/

/** @param {string} id */
function isDoor(id) {
  return dirname(id) === join(DROP_IN, 'dist') && DOORS.test(relative(dirname(id), id))
}

/** Of the library, what every command needs. Of the rest, what is together in a folder is needed together. */
const FIRST = new RegExp(
  `^(?:${[
    '[\\w-]+|(?:errors|http|api|support|doors)/.+',
    'config/(?:file|headers|resolve|credentials/provider|proxy/resolve-proxy)',
    'transport/(?:endpoint|socket|read-blocks|ssh-address)',
    'models/(?:base/call|containers/(?:container|containers|known-container)|options/(?:table|values|filters|time|units))',
  ].join('|')})\\.js$`,
)

/** Of templates, what plain ones do without: it is as much as all that prints lists. */
const INTERPRETER =
  /[\\/]cli[\\/]dist[\\/]template[\\/](?:interpreted|parse|scan|quote|run|rounds|arguments|functions|print|json)\.js$/

/** Whether it is the command's own, and many commands are made of it. */
function isShared(/** @type {string} */ id, /** @type {GetModuleInfo} */ getModuleInfo) {
  return id.startsWith(COMMANDS) && (getModuleInfo(id)?.importers.length ?? 0) > 3
}

/**
 * What is together in a folder is used together, such as all that makes tables.
 * @param {string} id
 * @param {string} root
 */
function folderOf(id, root) {
  return relative(root, dirname(id)).replaceAll(sep, '-') || 'shared'
}

/**
 * @typedef {object} BundleOptions
 * @property {Record<string, string>} input
 * @property {NonNullable<import('rolldown').InputOptions['external']>} external
 * @property {Record<string, string>} [alias]
 * @property {ChunkOf} [foldersOf] for modules that go to files of their own, without what they need: then each file is
 * loaded when something of it is first used, and not with those that name it
 * @property {ChunkOf} chunkOf for a module with all that it needs
 * @property {import('rolldown').Plugin[]} plugins
 * @property {string} [extension] of the files; default 'cjs'
 * @property {boolean} [shortExports] whether the files call by letters what they export to each other; default false
 * @property {boolean} [hashedNames] whether the name of a file changes with its content; default false
 */

/**
 * Bundles into a new folder. The files are CommonJS, which Node loads in half the time of ES modules, and read as what was
 * compiled, so that a person can follow a stack trace.
 * @param {string} home
 * @param {BundleOptions} options
 */
async function bundle(home, options) {
  const { input, external, alias = {}, chunkOf, foldersOf, plugins } = options
  const { extension = 'cjs', shortExports = false, hashedNames = false } = options
  const dir = join(home, NEW)
  /** @param {ChunkOf} choose @returns {(id: string, context: import('rolldown').ChunkingContext) => string | null} */
  const byChunk = (choose) => (id, context) => choose(id, (each) => context.getModuleInfo(each))
  const build = await rolldown({
    input,
    cwd: ROOT,
    platform: 'node',
    external,
    ...(foldersOf === undefined ? {} : { preserveEntrySignatures: 'allow-extension' }),
    resolve: { alias: { ...alias, ws: join(INLINED, 'wrapper.mjs') } },
    // What is not used of it can go.
    treeshake: { moduleSideEffects: (id) => !id.startsWith(INLINED) && !id.startsWith(PROTOBUF) },
    transform: {
      target: 'node20.18',
      // Add-ons that ws would look for, to be a little faster with masks.
      define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
    },
    plugins: [shareHelpers(), ...plugins],
    // A command that has the library with it does not mind that another loads it late.
    checks: { ineffectiveDynamicImport: false },
  })
  const { output } = await build.write({
    dir,
    format: 'cjs',
    entryFileNames: `[name].${extension}`,
    chunkFileNames: hashedNames ? `[name]-[hash].${extension}` : `[name].${extension}`,
    // A bundle, Jest and a program of one file have no import() for what is loaded late.
    dynamicImportInCjs: false,
    esModule: false,
    generatedCode: { symbols: false },
    minifyInternalExports: shortExports,
    minify: 'dce-only',
    comments: { legal: true, annotation: true, jsdoc: false },
    codeSplitting: {
      groups: [
        // What is loaded on demand need not be with all that it names.
        ...(foldersOf === undefined
          ? []
          : [{ name: byChunk(foldersOf), includeDependenciesRecursively: false, debugName: 'folders' }]),
        { name: byChunk(chunkOf), debugName: 'chunks' },
      ],
    },
  })
  await build.close()
  const chunks = output.filter((file) => file.type === 'chunk')
  copyLicenses(
    chunks.flatMap(({ moduleIds }) => moduleIds),
    dir,
  )
  const exportsOf = (/** @type {string} */ entry) => chunks.find(({ name }) => name === entry)?.exports ?? []
  return { dir, exportsOf }
}

/**
 * All that is loaded with a module, without itself: it may be waiting for what it runs, and who needs the others cannot
 * wait for it.
 * @param {string} entry
 * @returns {(getModuleInfo: GetModuleInfo) => ReadonlySet<string>}
 */
function staticGraph(entry) {
  /** @type {Set<string> | undefined} */
  let found
  return (getModuleInfo) => {
    if (found !== undefined) return found
    found = new Set()
    const next = [entry]
    for (let id = next.pop(); id !== undefined; id = next.pop()) {
      if (found.has(id)) continue
      found.add(id)
      next.push(...(getModuleInfo(id)?.importedIds ?? []))
    }
    found.delete(entry)
    return found
  }
}

/**
 * Loads every file, and every module of Node's, when something of it is first used: most of what a command is made of is
 * for other commands, and some of what Node has takes longer to load than the command to run.
 * @type {import('rolldown').Plugin}
 */
const ON_DEMAND = {
  name: 'on-demand',
  renderChunk(code) {
    const late = onDemand(code, () => true)
    const exported = late.match(EXPORT) ?? []
    // First of all, as those of a module are: of two files that use each other, one sees the other before its end.
    return { code: `${exported.join('')}${late.replace(EXPORT, '')}`, map: null }
  },
}

/**
 * The same for what the library loads late, and for what Node is slow to load, in the file that every program loads.
 * @type {import('rolldown').Plugin}
 */
const WHEN_USED = {
  name: 'when-used',
  renderChunk: (code, { name }) =>
    name === 'core' ? { code: onDemand(code, (id) => WHEN_USED_IDS.test(id), 'load'), map: null } : null,
}

/**
 * @param {string} code
 * @param {(id: string) => boolean} isLate
 * @param {string} [prefix] of the functions that load, which are numbered; default: they are called as what they load
 */
function onDemand(code, isLate, prefix) {
  /** The function that loads a module, by the module's variable. @type {Map<string, string>} */
  const names = new Map()
  const wrapped = new Set(Array.from(code.matchAll(WRAPPED), ([, name]) => name))
  return code
    .replace(NAMED, (all, id) => (isLate(id) ? '' : all))
    .replace(LOADED, (all, name, load) => {
      if (!isLate(load.slice('require("'.length, -'")'.length))) return all
      const get = prefix === undefined ? name : `${prefix}${names.size}`
      names.set(name, get)
      const loaded = wrapped.has(name) ? `{ default: ${load}, __proto__: ${load} }` : load
      return `let $${name};\nconst ${get} = () => ($${name} ??= ${loaded});`
    })
    .replace(WRAPPED, (all, name) => (names.has(name) ? '' : all))
    .replace(MEMBER, (all, name) => (names.has(name) ? `(${names.get(name)}())` : all))
}

/**
 * Writes every other character as its number, which means the same in a string, in a pattern and in a name. Node reads a file of
 * ASCII in a third of the time, and keeps it in half of the memory.
 * @type {import('rolldown').Plugin}
 */
const IN_ASCII = {
  name: 'in-ascii',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) if (file.type === 'chunk') file.code = inAscii(file.code)
  },
}

/** @param {string} code */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** As rolldown writes it: what is loaded, how a module of Node's gets a default export, and where a member is used. */
const LOADED = /^(?:const|let) (\w+) = (require\("[^"]+"\));$/gm
const NAMED = /^require\("([^"]+)"\);\n/gm
const WRAPPED = /^(\w+) = \w+\.\w+\(\1(?:, 1)?\);\n/gm
const WHEN_USED_IDS = new RegExp(
  `^(?:node:(?:fs/promises|os)|\\./(?:${LATE.map(([name]) => name).join('|')})\\.cjs)$`,
)
const EXPORT = /^Object\.defineProperty\(exports, [\s\S]*?^\}\);\n?/gm
const MEMBER = /(?<![$\w])((?:require|node)_\w+)(?=\.)/g

/**
 * Takes Node's modules from the process: esbuild puts CommonJS into ES modules, where it has no require() for them. Exports
 * are values, since no module is used before its end: a getter for each takes five lines.
 * @type {import('rolldown').Plugin}
 */
const FOR_BUNDLERS = {
  name: 'for-bundlers',
  renderChunk(code, { isEntry }) {
    const plain = code
      .replace(REQUIRED, (all, id) => (isBuiltin(id) ? `process.getBuiltinModule("${id}")` : all))
      .replace(GETTER, 'exports.$1 = $2;')
      .replace(WITHOUT_THIS, '$1(')
    const short = withHelpers(isEntry ? plain : plain.replace(EXPORTS, exportsAtOnce))
    return { code: short, map: null }
  },
}

const PATH_OF_MODULE = /^\/\/ (?:packages|node_modules)\/\S+\n/gm

/**
 * Takes the indents away, and the comments that have the path of each module: the names of functions and classes lead there as well.
 * @type {import('rolldown').Plugin}
 */
const PLAIN = {
  name: 'plain',
  generateBundle(_options, files) {
    for (const file of Object.values(files))
      if (file.type === 'chunk') file.code = withoutIndents(file.code.replace(PATH_OF_MODULE, ''))
  },
}

/**
 * Makes files small: a package is downloaded more often than it is read.
 * @type {import('rolldown').Plugin}
 */
const COMPACT = {
  name: 'compact',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk') continue
      const isOurs = file.moduleIds.some((id) => !id.startsWith(MODULES))
      file.code = isOurs ? compact(file.code) : squeeze(file.code)
    }
  },
}

/** How a file of others is called: nothing in this package, and nothing of Node, asks for `this`. */
const WITHOUT_THIS = /\(0, ((?:node|require)_[\w$]+\.[\w$]+)\)\(/g
const REQUIRED = /\brequire\("([\w:/]+)"\)/g
const GETTER =
  /^Object\.defineProperty\(exports, "([\w$]+)", \{\s+enumerable: true,\s+get: function ?\(\) \{\s+return ([\w$.]+);\s+\}\s+\}\);$/gm

/** What a file exports to others of the bundle. Doors keep their lines: tools read the names of exports there. */
const EXPORTS = /(?:^exports\.[\w$]+ = [\w$.]+;(?:\n|$)){2,}/m

/** @param {string} lines */
function exportsAtOnce(lines) {
  return `Object.assign(exports, { ${lines.replace(/^exports\.([\w$]+) = ([\w$.]+);\n?/gm, '$1: $2, ')}});\n`
}

/**
 * The licence of each package that is inside.
 * @param {readonly string[]} ids
 * @param {string} dir
 */
function copyLicenses(ids, dir) {
  const inside = ids.filter((id) => id.startsWith(MODULES))
  for (const name of new Set(inside.map(packageOf)))
    writeFileSync(join(dir, `LICENSE.${name.replace('/', '-')}`), licenseOf(name, inside))
}

/** @param {string} id */
function shortNameOf(id) {
  return packageOf(id).replace(/^@.*\//, '')
}

/** @param {string} id */
function packageOf(id) {
  const [scope = '', name = ''] = relative(MODULES, id).split(sep)
  return scope.startsWith('@') ? `${scope}/${name}` : scope
}

/**
 * Some packages have it in a file, and others at the top of each of their modules.
 * @param {string} name
 * @param {readonly string[]} ids
 */
function licenseOf(name, ids) {
  const file = readdirSync(join(MODULES, name)).find((each) => /^licen[cs]e/i.test(each))
  if (file !== undefined) return readFileSync(join(MODULES, name, file), 'utf8')
  const modules = ids.filter((id) => packageOf(id) === name).map((id) => readFileSync(id, 'utf8'))
  const tops = new Set(modules.flatMap((text) => /^(?:\/\/.*\n)+/.exec(text)?.[0] ?? []))
  if (tops.size === 0) throw new Error(`${name} has no licence to copy`)
  return [...tops].map((top) => top.replace(/^\/\/ ?/gm, '')).join('\n')
}

await Promise.all([bundleLibrary(), bundleCommand(), bundleDropIn()])
