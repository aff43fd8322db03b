// @ts-check
// The last step of the build: what people import and run, as few files. A module costs a quarter of a millisecond to load
// whatever is in it, and there are hundreds.
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { ROOT } from './lib/prepare.mjs'

const LIBRARY = join(ROOT, 'packages/dockline')
const COMMAND = join(ROOT, 'packages/cli')
const MODULES = join(ROOT, 'node_modules')

/**
 * What the library publishes inside its bundle, and not as a dependency. Bun has a `ws` of its own that it takes for any
 * import of that name, and whose frames cannot be had apart from a server.
 */
const INLINED = 'ws'

/** Made beside what is there. Another build may be making its own. */
const NEW = `.cache/bundle-${process.pid}`

/** @satisfies {import('esbuild').BuildOptions} */
const COMMON = {
  bundle: true,
  // What is used by several exists once, and what is loaded late stays in files of its own.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  // Add-ons that ws would look for, to be a little faster with masks.
  define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
  // Half of what loading takes is reading the text. Names stay, and a map leads stack traces back.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
}

await Promise.all([bundleLibrary(), bundleCommand()])

async function bundleLibrary() {
  const outdir = join(LIBRARY, NEW)
  const { metafile } = await build({
    ...COMMON,
    entryPoints: { index: join(LIBRARY, 'dist/index.js'), terminal: join(LIBRARY, 'dist/terminal/index.js') },
    outdir,
    packages: 'external',
    plugins: [{ name: 'inlined', setup: inline }],
    sourcemap: true,
  })
  copyLicenses(metafile, outdir)
  replace(join(outdir, '../../bundle'), outdir)
}

/** With everything inside, also the library: nothing is left to install, and what a command does not use is not loaded. */
async function bundleCommand() {
  const outdir = join(COMMAND, NEW)
  const { metafile } = await build({
    ...COMMON,
    entryPoints: { main: join(COMMAND, 'dist/main.js') },
    outdir,
    alias: {
      dockline: join(LIBRARY, 'dist/index.js'),
      'dockline/terminal': join(LIBRARY, 'dist/terminal/index.js'),
    },
    plugins: [{ name: 'lazy', setup: loadLate }],
    // There is no require() in an ES module, and CommonJS packages ask it for Node's own.
    banner: {
      js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);",
    },
  })
  copyLicenses(metafile, outdir)
  replace(join(outdir, '../../bundle'), outdir)
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

/** @param {import('esbuild').PluginBuild} build */
function inline({ onResolve, onLoad }) {
  const home = join(MODULES, INLINED)
  const entry = join(home, 'wrapper.mjs')
  onResolve({ filter: new RegExp(`^${INLINED}$`) }, () => ({ path: entry }))
  // What is not used of it can go.
  onResolve({ filter: /^\.\/lib\// }, ({ importer, path }) =>
    importer === entry ? { path: join(home, path), sideEffects: false } : undefined,
  )
  // There is no require() in an ES module: what it requires of Node is imported.
  onResolve({ filter: /./ }, ({ kind, path }) =>
    kind === 'require-call' && isBuiltin(path) ? { path, namespace: 'required' } : undefined,
  )
  onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({ contents: `export * from 'node:${path}'` }))
}

/**
 * commander loads child_process for commands that are programs of their own. There are none here, and it takes as long as
 * all of commander.
 * @param {import('esbuild').PluginBuild} build
 */
function loadLate({ onResolve, onLoad }) {
  onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
    importer.startsWith(join(MODULES, 'commander'))
      ? { path: 'child_process', namespace: 'late' }
      : undefined,
  )
  onLoad({ filter: /./, namespace: 'late' }, () => ({
    contents: "module.exports = { get spawn() { return require('child_process').spawn } }",
    resolveDir: ROOT,
  }))
}

/**
 * The licence of each package that is inside.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} outdir
 */
function copyLicenses({ inputs }, outdir) {
  const names = Object.keys(inputs).map((path) => /node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  for (const name of new Set(names)) {
    if (name === undefined) continue
    copyFileSync(licenseOf(name), join(outdir, `LICENSE.${name.replace('/', '-')}`))
  }
}

/** @param {string} name */
function licenseOf(name) {
  const files = readdirSync(join(MODULES, name)).filter((file) => /^licen[cs]e/i.test(file))
  if (files[0] === undefined) throw new Error(`${name} has no licence to copy`)
  return join(MODULES, name, files[0])
}
