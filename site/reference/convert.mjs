// @ts-check
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Application } from 'typedoc'
import { PAGES, ROOT } from '../paths.mjs'

const PACKAGE = join(ROOT, 'packages/dockline')

/**
 * @typedef {object} Door what `import … from 'dockline'` or `'dockline/terminal'` gives
 * @property {string} specifier
 * @property {string} types the file of its declarations
 */

/**
 * Reads the declarations of every public entry of the package.
 * @returns {Promise<{ doors: readonly Door[], project: import('typedoc').ProjectReflection }>}
 */
export async function convert() {
  const doors = await publicDoors()
  const tsconfig = join(PAGES, '../tsconfig.json')
  await writeFile(tsconfig, JSON.stringify(settings(doors)))
  const app = await Application.bootstrap({
    entryPoints: doors.map(({ types }) => types),
    tsconfig,
    name: 'dockline',
    readme: 'none',
    skipErrorChecking: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeInternal: true,
    excludeExternals: true,
    disableGit: true,
    sourceLinkTemplate: '{path}',
    sort: ['source-order'],
    logLevel: 'Error',
  })
  const project = await app.convert()
  if (!project) throw new Error('TypeDoc could not read the declarations of packages/dockline')
  return { doors, project }
}

/**
 * The entries that package.json names. Their declarations are read where the compiler wrote them, room by room: the
 * folder of a name says which section it belongs to.
 * @returns {Promise<readonly Door[]>}
 */
async function publicDoors() {
  const { exports } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'))
  const entries = Object.keys(exports).filter((path) => !path.endsWith('.json'))
  return entries.map((path) => ({ specifier: join('dockline', path), types: declarationsOf(path) }))
}

/** @param {string} path such as `.` or `./terminal` */
function declarationsOf(path) {
  const files = [`doors/${path}.d.ts`, `${path}/index.d.ts`, `${path}.d.ts`].map((file) =>
    join(PACKAGE, 'dist', file),
  )
  const found = files.find((file) => existsSync(file))
  if (!found) throw new Error(`dockline exports ${path}, but there is no ${files.join(' and no ')}`)
  return found
}

/** @param {readonly Door[]} doors */
function settings(doors) {
  const compilerOptions = {
    strict: true,
    skipLibCheck: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
    types: ['node'],
  }
  return { compilerOptions, files: doors.map(({ types }) => types) }
}
