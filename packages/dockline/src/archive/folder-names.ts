import { readdirSync } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { mergeInTurns, sortInTurns } from '../support/sort.js'
import { bytesOfName, nameOf, onDisk } from './file-names.js'

/** The most names that are read before everything else has its turn. */
const PORTION_NAMES = 1024

/** What Node puts in the place of bytes that are no character. */
const REPLACEMENT = '\ufffd'

/**
 * Reads the names in a folder, as `nameOf` has them and in the order of their bytes. A folder of any size blocks nothing:
 * its names are read and sorted in portions.
 */
export async function readNames(folder: string): Promise<string[]> {
  return (await readSorted(folder, 'utf8')) ?? (await readSorted(folder, 'latin1')) ?? []
}

/**
 * The size of a folder below which its names are read at once, because to wait for each of many folders takes longer. ext4
 * has at most 2,700 names in 32 KiB, and other file systems have about as many. A folder of no size is one whose size is
 * not known, as all are on Windows.
 */
const SMALL_FOLDER_BYTES = 32 * 1024

/** Reads the names in a small folder, like `readNames`. Returns undefined for a folder that is large by its size in bytes. */
export function readNamesAtOnce(folder: string, size: number): string[] | undefined {
  if (size === 0 || size > SMALL_FOLDER_BYTES) return undefined
  const names = readdirSync(onDisk(folder))
  // Bytes are only read where a name may not be UTF-8: they take three times as long.
  const exact = names.some(mayBeBytes)
    ? readdirSync(onDisk(folder), { encoding: 'buffer' }).map(nameOf)
    : names
  return sortFew(exact)
}

/** Sorts names of any number by their bytes, as those of a folder are. */
export function sortNames(names: readonly string[]): Promise<string[]> {
  return sortInTurns(names, names.some(hasHalf) ? compareBytes : compareTexts)
}

/** In latin1 a name has one character for each of its bytes. Returns undefined where utf8 cannot have a name. */
async function readSorted(folder: string, encoding: 'utf8' | 'latin1'): Promise<string[] | undefined> {
  const portions: string[][] = []
  let compare = compareTexts
  for await (const read of portionsOf(folder, encoding)) {
    if (encoding === 'utf8' && read.some(mayBeBytes)) return undefined
    const portion = encoding === 'utf8' ? read : read.map((name) => nameOf(Buffer.from(name, 'latin1')))
    // Earlier portions without such names are in the order of their bytes already.
    if (portion.some(hasHalf)) compare = compareBytes
    portions.push(sortFew(portion))
  }
  return mergeInTurns(portions, compare)
}

async function* portionsOf(
  folder: string,
  encoding: 'utf8' | 'latin1',
): AsyncGenerator<string[], void, undefined> {
  let portion: string[] = []
  for await (const { name } of await opendir(onDisk(folder), { encoding, bufferSize: PORTION_NAMES })) {
    portion.push(name)
    if (portion.length < PORTION_NAMES) continue
    yield portion
    portion = []
  }
  yield portion
}

/** Deno reads names as text only. */
function mayBeBytes(name: string): boolean {
  return name.includes(REPLACEMENT) && !('Deno' in globalThis)
}

/** Without a function of ours the sort takes half as long. */
function sortFew(names: string[]): string[] {
  return names.some(hasHalf) ? names.sort(compareBytes) : names.sort()
}

/** Half of a pair stands for a byte, and a pair for a character outside of the first 65536. */
function hasHalf(name: string): boolean {
  return /[\ud800-\udfff]/.test(name)
}

/** JavaScript's order is that of the bytes, except where a name has halves of pairs. */
function compareBytes(one: string, other: string): number {
  if (!hasHalf(one) && !hasHalf(other)) return compareTexts(one, other)
  return Buffer.compare(bytesOfName(one), bytesOfName(other))
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
