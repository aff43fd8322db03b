import { ProtocolError } from '../errors.js'

/** What an Engine says of a path in a container. */
export interface PathStat {
  readonly name: string
  readonly size: number
  /** Permission bits, with setuid, setgid and sticky, where `fs.Stats` has them too. */
  readonly mode: number
  readonly mtime: Date
  readonly isDirectory: boolean
  readonly isSymlink: boolean
  readonly isFile: boolean
  /** Where a symbolic link leads to, inside the container; '' for anything else. */
  readonly linkTarget: string
}

/** Go keeps these apart from the permission bits: the kind of file, and three bits that belong to the mode elsewhere. */
const GO = { directory: 2 ** 31, symlink: 2 ** 27, setuid: 2 ** 23, setgid: 2 ** 22, sticky: 2 ** 20 }
/** Directory, symlink, device, pipe, socket, character device, irregular: none of these is a file. */
const GO_KINDS = [31, 27, 26, 25, 24, 21, 19]

/** Decodes the header `X-Docker-Container-Path-Stat`: JSON in base64. */
export function decodePathStat(header: string): PathStat {
  const { name, size, mode, mtime, linkTarget } = parseStat(header)
  if (typeof name !== 'string' || typeof mode !== 'number') throw malformed(header)
  return {
    ...{ name, size: typeof size === 'number' ? size : 0, mode: unixMode(mode) },
    ...{
      mtime: new Date(typeof mtime === 'string' ? mtime : 0),
      linkTarget: typeof linkTarget === 'string' ? linkTarget : '',
    },
    ...{ isDirectory: has(mode, GO.directory), isSymlink: has(mode, GO.symlink) },
    isFile: !GO_KINDS.some((bit) => has(mode, 2 ** bit)),
  }
}

/** The mode as Unix writes it, from Go's os.FileMode. */
export function unixMode(mode: number): number {
  const setuid = has(mode, GO.setuid) ? 0o4000 : 0
  const setgid = has(mode, GO.setgid) ? 0o2000 : 0
  const sticky = has(mode, GO.sticky) ? 0o1000 : 0
  return (mode & 0o777) | setuid | setgid | sticky
}

/** Not `&`: that takes bit 31 for a sign. */
function has(mode: number, bit: number): boolean {
  return Math.floor(mode / bit) % 2 === 1
}

function parseStat(header: string): Record<string, unknown> {
  try {
    const stat: unknown = JSON.parse(Buffer.from(header, 'base64').toString())
    if (typeof stat === 'object' && stat !== null) return { ...stat }
  } catch (cause) {
    throw malformed(header, cause)
  }
  throw malformed(header)
}

function malformed(header: string, cause?: unknown): ProtocolError {
  return new ProtocolError(
    `the Engine described a path in a way that cannot be read: ${header.slice(0, 200)}`,
    { cause },
  )
}
