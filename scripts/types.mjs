// @ts-check
// `npm pack` runs this: the types of the library, as few files. There is one declaration of each class for both formats, and
// it is CommonJS's: an ES module may import that in every version of TypeScript, and a CommonJS module no other.
import { writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { compactTypes, declaredNames } from './lib/compact-types.mjs'
import { doorModules, LIBRARY } from './lib/doors.mjs'
import { ROOT } from './lib/prepare.mjs'
import { replaceFolder } from './lib/replace-folder.mjs'

const DIST = join(LIBRARY, 'dist')
/** Made beside what is there. */
const NEW = join(LIBRARY, `.cache/types-${process.pid}`)

/** TypeScript includes no types by itself from 6.0 on. */
const NODE_TYPES = '/// <reference types="node" />'

/** @type {ReadonlySet<string>} */
const NONE = new Set()

/** @type {import('rolldown').Plugin} */
const COMPACT = {
  name: 'compact',
  generateBundle(_options, files) {
    const chunks = Object.values(files).filter((file) => file.type === 'chunk')
    const declared = new Map(chunks.map(({ fileName, code }) => [`./${fileName}`, declaredNames(code)]))
    for (const chunk of chunks) {
      chunk.code = compactTypes(chunk.code, (file) => declared.get(file.replace(/\.cjs$/, '.d.cts')) ?? NONE)
    }
  },
}

/** The objects that calls return. Some can also be made of the low level, or of a plan. */
const MODELS = join(DIST, 'models', sep)
const COMMENT = String.raw`(?:\/\*\*(?:[^*]|\*(?!\/))*\*\/\n {4})?`
const CONSTRUCTOR = new RegExp(String.raw`^( {4})${COMMENT}constructor\((?!api: |plan: )[\s\S]*?\);$`, 'gm')
const INTERNAL = /^ {4}\/\*\*(?:[^*]|\*(?!\/))*@internal(?:[^*]|\*(?!\/))*\*\/\n {4}.*;\n/gm
const PROTECTED = new RegExp(String.raw`^ {4}${COMMENT}protected .*;\n`, 'gm')

/**
 * Leaves out the constructors of objects that only calls can make, and members that only the classes of this package can use.
 * @type {import('rolldown').Plugin}
 */
const LEFT_OUT = {
  name: 'left-out',
  transform(code, id) {
    const shown = code.replace(INTERNAL, '')
    if (!id.startsWith(MODELS)) return { code: shown, map: null }
    return {
      code: shown.replace(PROTECTED, '').replace(CONSTRUCTOR, '$1protected constructor();'),
      map: null,
    }
  },
}

const doors = doorModules('.d.ts')
await bundleTypes()
for (const door of Object.keys(doors))
  writeFileSync(join(NEW, `${door}.d.mts`), `export * from './${door}.cjs'\n`)
replaceFolder(join(LIBRARY, 'types'), NEW)

async function bundleTypes() {
  const build = await rolldown({
    input: doors,
    cwd: ROOT,
    external: /^node:/,
    preserveEntrySignatures: 'allow-extension',
    // Reading declarations takes most of the time, as it should.
    checks: { bundlerTimings: false },
    plugins: [LEFT_OUT, dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false }), COMPACT],
  })
  await build.write({
    dir: NEW,
    format: 'es',
    entryFileNames: '[name].d.cts',
    chunkFileNames: '[name].d.cts',
    banner: ({ isEntry, name }) => (isEntry ? `${NODE_TYPES}\n${referencesOf(name)}` : ''),
    minifyInternalExports: false,
    // Names are those of the sources: two types of one name are in two files.
    codeSplitting: { groups: [{ name: roomOf, includeDependenciesRecursively: false, debugName: 'rooms' }] },
  })
  await build.close()
}

/**
 * With these a program that imports one door has the others at hand, through the main door: TypeScript names a type by the door
 * that exports it, when it writes the declarations of a program.
 * @param {string} door
 */
function referencesOf(door) {
  const others = Object.keys(doors).filter((name) => name !== 'index')
  const named = door === 'index' ? others : ['index']
  return named.map((name) => `/// <reference path="./${name}.d.cts" />`).join('\n')
}

/** @param {string} id */
function roomOf(id) {
  const [room = ''] = relative(DIST, id).split(sep)
  return room === 'doors' || room.endsWith('.ts') ? null : `${room}-types`
}
