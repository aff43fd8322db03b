// @ts-check
// The last step of the build: what people import, as two files and what they share. A module costs a quarter of a
// millisecond to load whatever is in it, and the library has a hundred.
import { copyFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { ROOT } from './lib/prepare.mjs'

const PACKAGE = join(ROOT, 'packages/dockline')
const BUNDLE = join(PACKAGE, 'bundle')

/**
 * What is published inside the bundle, and not as a dependency. Bun has a `ws` of its own that it takes for any import of
 * that name, and whose frames cannot be had apart from a server.
 */
const INLINED = 'ws'

rmSync(BUNDLE, { recursive: true, force: true })
await build({
  entryPoints: { index: join(PACKAGE, 'dist/index.js'), terminal: join(PACKAGE, 'dist/terminal/index.js') },
  outdir: BUNDLE,
  bundle: true,
  // What both doors use exists once, and what is loaded late stays in files of its own.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  packages: 'external',
  plugins: [{ name: 'inlined', setup: inline }],
  // Add-ons that ws would look for, to be a little faster with masks.
  define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
  // Half of what loading takes is reading the text. Names stay, and a map leads stack traces back.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
})
copyFileSync(join(ROOT, 'node_modules', INLINED, 'LICENSE'), join(BUNDLE, `LICENSE.${INLINED}`))

/** @param {import('esbuild').PluginBuild} build */
function inline({ onResolve, onLoad }) {
  const home = join(ROOT, 'node_modules', INLINED)
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
