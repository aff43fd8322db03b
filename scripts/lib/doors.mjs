// @ts-check
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './prepare.mjs'

export const LIBRARY = join(ROOT, 'packages/dockline')

/**
 * The doors of the library, as its package.json names them: 'index' for 'dockline', 'terminal' for 'dockline/terminal'.
 * @returns {string[]}
 */
export function libraryDoors() {
  const { exports } = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8'))
  const names = Object.keys(exports).filter((name) => name !== './package.json')
  return names.map((name) => (name === '.' ? 'index' : name.replace('./', '')))
}

/**
 * The compiled module of each door by its name, such as dist/terminal/index.js.
 * @param {'.js' | '.d.ts'} extension
 * @returns {Record<string, string>}
 */
export function doorModules(extension) {
  return Object.fromEntries(libraryDoors().map((door) => [door, moduleOf(door, extension)]))
}

/**
 * @param {string} door
 * @param {string} extension
 */
function moduleOf(door, extension) {
  const places = [
    join('doors', `${door}${extension}`),
    `${door}${extension}`,
    join(door, `index${extension}`),
  ]
  const files = places.map((place) => join(LIBRARY, 'dist', place))
  return files.find((file) => existsSync(file)) ?? join(LIBRARY, 'dist', `${door}${extension}`)
}
