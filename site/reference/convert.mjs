// @ts-check
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

/** @returns {Promise<readonly Door[]>} */
async function publicDoors() {
  const { exports } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'))
  return Object.entries(exports).flatMap(([path, target]) => {
    const types = typesOf(target)
    return types ? [{ specifier: join('dockline', path), types: join(PACKAGE, types) }] : []
  })
}

/**
 * @param {unknown} target a file, or files by condition
 * @returns {string | undefined}
 */
function typesOf(target) {
  if (typeof target !== 'object' || target === null) return undefined
  for (const [condition, inner] of Object.entries(target)) {
    if (condition === 'types' && typeof inner === 'string') return inner
    const found = typesOf(inner)
    if (found) return found
  }
  return undefined
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
