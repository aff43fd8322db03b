import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What each file of a package imports of the others, by their paths within `src`, without the extension. */
export type Imports = ReadonlyMap<string, readonly string[]>

const IMPORTED = /(?:\bfrom|\bimport|\bimport\()\s*["'](\.{1,2}\/[^"']+)\.js["']/g

/** Reads the compiled files, of which the imports of types alone are gone. Imports that are made late count too. */
export function importsIn(folder: URL): Imports {
  const root = fileURLToPath(folder)
  const names = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => name.replaceAll(sep, '/').slice(0, -'.ts'.length))
  return new Map(names.map((name) => [name, importsOf(join(root, 'dist', `${name}.js`), name)]))
}

function importsOf(file: string, name: string): readonly string[] {
  const found = readFileSync(file, 'utf8').matchAll(IMPORTED)
  return Array.from(found, ([, path = '']) => normalize(join(dirname(name), path)).replaceAll(sep, '/'))
}

/** The groups of files of which each leads to each, in the words 'a → b → a'. */
export function circlesIn(imports: Imports): readonly string[] {
  const circles: string[] = []
  const done = new Set<string>()
  for (const name of imports.keys()) {
    if (done.has(name)) continue
    const way = wayBack(name, imports)
    if (way === undefined) continue
    for (const each of way) done.add(each)
    circles.push([...way, name].join(' → '))
  }
  return circles
}

/** The shortest way from a file to itself, without its end; undefined where there is no such way. */
function wayBack(name: string, imports: Imports): readonly string[] | undefined {
  const ways: (readonly string[])[] = [[name]]
  const seen = new Set<string>()
  for (const way of ways) {
    for (const next of imports.get(way.at(-1) ?? '') ?? []) {
      if (next === name) return way
      if (seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return undefined
}
