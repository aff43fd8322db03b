// @ts-check
// The last step of the build: what people import and run, as few files. A module costs a quarter of a millisecond to load
// whatever is in it, and there are hundreds.
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { rolldown } from 'rolldown'
import { ROOT } from './lib/prepare.mjs'

/** @typedef {(id: string) => import('rolldown').ModuleInfo | null} GetModuleInfo */
/** @typedef {(id: string, getModuleInfo: GetModuleInfo) => string | null} ChunkOf names the file that a module goes to */

const LIBRARY = join(ROOT, 'packages/dockline')
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

async function bundleLibrary() {
  const index = join(LIBRARY, 'dist/index.js')
  const core = staticGraph(index)
  await bundle(LIBRARY, {
    input: { index, terminal: join(LIBRARY, 'dist/terminal/index.js') },
    // All other packages are inside, such as yauzl, which few need.
    external: [/^node:/],
    // What is loaded with the door is one file. What is loaded late stays in files of its own.
    chunkOf: (id, getModuleInfo) => (core(getModuleInfo).has(id) ? 'core' : null),
    sourcemap: true,
  })
}

/** With everything inside, also the library: nothing is left to install, and what a command does not use is not loaded. */
async function bundleCommand() {
  const main = join(COMMANDS, 'main.js')
  const dockline = join(LIBRARY, 'dist/index.js')
  const [base, library] = [staticGraph(main), staticGraph(dockline)]
  await bundle(COMMAND, {
    input: { main },
    external: (id, importer) => id.startsWith('node:') && !isLate(id, importer),
    alias: { dockline, 'dockline/terminal': join(LIBRARY, 'dist/terminal/index.js') },
    foldersOf: (id, getModuleInfo) => {
      if (id !== dockline && !library(getModuleInfo).has(id)) return null
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
    // Node starts it in half the time of modules.
    format: 'cjs',
  })
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
  await bundle(DROP_IN, {
    input,
    external: [/^node:/],
    alias: { dockline: join(LIBRARY, 'dist/index.js') },
    chunkOf: (id, getModuleInfo) => (core(getModuleInfo).has(id) && !isDoor(id) ? 'core' : null),
    format: 'cjs',
    folder: 'lib',
    extension: 'js',
    // It runs in other people's programs: an error of theirs that is not caught shows the line that it comes from.
    whitespace: true,
  })
}

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
    '[\\w-]+|(?:errors|http|api)/.+',
    'config/(?:file|headers|provider|resolve|resolve-proxy)',
    'transport/(?:endpoint|socket|ssh-address)',
    'models/(?:call|container|containers|known-container|options/(?:suggest|table|values))',
  ].join('|')})\\.js$`,
)

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
 * @property {'esm' | 'cjs'} [format] default 'esm'
 * @property {boolean} [sourcemap] leads stack traces back
 * @property {string} [folder] where it goes; default 'bundle'
 * @property {string} [extension] of the files; default that of the format
 * @property {boolean} [whitespace] stays; default false
 */

/**
 * Takes the sources out of the source maps: a stack trace needs the places, and the code is in the package already.
 * @param {string} dir
 */
function shrinkSourceMaps(dir) {
  for (const name of readdirSync(dir).filter((each) => each.endsWith('.map'))) {
    const { sourcesContent, ...map } = JSON.parse(readFileSync(join(dir, name), 'utf8'))
    writeFileSync(join(dir, name), JSON.stringify(map))
  }
}

/**
 * @param {string} home
 * @param {BundleOptions} options
 */
async function bundle(
  home,
  {
    input,
    external,
    alias = {},
    chunkOf,
    foldersOf,
    format = 'esm',
    sourcemap = false,
    folder = 'bundle',
    extension = format === 'cjs' ? 'cjs' : 'js',
    whitespace = false,
  },
) {
  const dir = join(home, NEW)
  /** @param {ChunkOf} choose @returns {(id: string, context: import('rolldown').ChunkingContext) => string | null} */
  const byChunk = (choose) => (id, context) => choose(id, (each) => context.getModuleInfo(each))
  const onDemand = foldersOf !== undefined
  const build = await rolldown({
    input,
    cwd: ROOT,
    platform: 'node',
    external,
    ...(onDemand ? { preserveEntrySignatures: 'allow-extension' } : {}),
    resolve: { alias: { ...alias, ws: join(INLINED, 'wrapper.mjs') } },
    // What is not used of it can go.
    treeshake: { moduleSideEffects: (id) => !id.startsWith(INLINED) },
    transform: {
      target: 'node20.18',
      // Add-ons that ws would look for, to be a little faster with masks.
      define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
    },
    plugins: onDemand ? [LATE, ON_DEMAND] : [],
    // A command that has the library with it does not mind that another loads it late.
    checks: { ineffectiveDynamicImport: false },
  })
  const { output } = await build.write({
    dir,
    format,
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `[name]-[hash].${extension}`,
    sourcemap,
    // Most of what loading takes is reading the text. Names that people see stay.
    minify: {
      compress: true,
      mangle: { toplevel: false, keepNames: true },
      codegen: { removeWhitespace: !whitespace },
    },
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
  if (sourcemap) shrinkSourceMaps(dir)
  copyLicenses(
    output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])),
    dir,
  )
  // Whatever the package around it is made of.
  if (format === 'cjs' && extension === 'js')
    writeFileSync(join(dir, 'package.json'), '{"type":"commonjs"}\n')
  replace(join(home, folder), dir)
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
 * @param {string} source
 * @param {string | undefined} importer
 */
function isLate(source, importer) {
  return source === 'node:child_process' && importer?.startsWith(join(MODULES, 'commander')) === true
}

/**
 * commander loads child_process for commands that are programs of their own. There are none here, and it takes as long as
 * all of commander.
 * @type {import('rolldown').Plugin}
 */
const LATE = {
  name: 'late',
  resolveId: (source, importer) => (isLate(source, importer) ? '\0late-child-process.cjs' : null),
  load: (id) =>
    id === '\0late-child-process.cjs'
      ? "module.exports = { get spawn() { return require('child_process').spawn } }"
      : null,
}

/**
 * Loads every file, and every module of Node's, when something of it is first used: most of what a command is made of is
 * for other commands, and some of what Node has takes longer to load than the command to run.
 * @type {import('rolldown').Plugin}
 */
const ON_DEMAND = {
  name: 'on-demand',
  renderChunk(code) {
    /** @type {Set<string>} */
    const names = new Set()
    const wrapped = new Set(Array.from(code.matchAll(WRAPPED), ([, name]) => name))
    const late = code
      .replace(NAMED, '')
      .replace(WRAPPED, '')
      .replace(LOADED, (_, name, load) => {
        names.add(name)
        const loaded = wrapped.has(name) ? `{ default: ${load}, __proto__: ${load} }` : load
        return `let $${name};\nconst ${name} = () => ($${name} ??= ${loaded});`
      })
    const exported = late.match(EXPORT) ?? []
    const bare = late
      .replace(EXPORT, '')
      .replace(MEMBER, (all, name) => (names.has(name) ? `(${name}())` : all))
    // First of all, as those of a module are: of two files that use each other, one sees the other before its end.
    return { code: `${exported.join('')}${bare}`, map: null }
  },
}

/** As rolldown writes it: what is loaded, how a module of Node's gets a default export, and where a member is used. */
const LOADED = /^(?:const|let) (\w+) = (require\("[^"]+"\));$/gm
const NAMED = /^require\("[^"]+"\);\n/gm
const WRAPPED = /^(\w+) = \w+\.\w+\(\1(?:, 1)?\);\n/gm
const EXPORT = /^Object\.defineProperty\(exports, [\s\S]*?^\}\);\n?/gm
const MEMBER = /(?<![$\w])((?:require|node)_\w+)(?=\.)/g

/**
 * The licence of each package that is inside.
 * @param {readonly string[]} ids
 * @param {string} dir
 */
function copyLicenses(ids, dir) {
  const inside = ids.filter((id) => id.startsWith(MODULES)).map((id) => relative(MODULES, id).split(sep))
  const names = inside.map(([scope = '', name = '']) => (scope.startsWith('@') ? `${scope}/${name}` : scope))
  for (const name of new Set(names))
    copyFileSync(licenseOf(name), join(dir, `LICENSE.${name.replace('/', '-')}`))
}

/** @param {string} name */
function licenseOf(name) {
  const file = readdirSync(join(MODULES, name)).find((each) => /^licen[cs]e/i.test(each))
  if (file === undefined) throw new Error(`${name} has no licence to copy`)
  return join(MODULES, name, file)
}

/**
 * At once, so that a program that starts meanwhile finds the one or the other.
 * @param {string} folder
 * @param {string} by
 */
function replace(folder, by) {
  const old = `${by}-old`
  if (existsSync(folder)) renameSync(folder, old)
  renameSync(by, folder)
  rmSync(old, { recursive: true, force: true })
}

await Promise.all([bundleLibrary(), bundleCommand(), bundleDropIn()])
