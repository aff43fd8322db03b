// @ts-check
// The last step of the build: what people import, as two files and what they share. A module costs a quarter of a
// millisecond to load whatever is in it, and the library has a hundred.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { ROOT } from './lib/prepare.mjs'

const PACKAGE = join(ROOT, 'packages/dockline')
const BUNDLE = join(PACKAGE, 'bundle')

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
  // Half of what loading takes is reading the text. Names stay, and a map leads stack traces back.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
})
