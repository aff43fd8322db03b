import type { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { type TarEntry, tarStream } from '../archive/index.js'
import { PROGRAMS } from './keeper.gen.js'

/** An architecture of Linux that the keeper was compiled for, by Docker's name. */
export type KeeperArchitecture = keyof typeof PROGRAMS

export const KEEPER_ARCHITECTURES = Object.keys(PROGRAMS) as readonly KeeperArchitecture[]

/** Returns whether a keeper runs on this architecture, as `GET /version` names it. */
export function hasKeeper(architecture: string | undefined): architecture is KeeperArchitecture {
  return architecture !== undefined && Object.hasOwn(PROGRAMS, architecture)
}

/** Returns the keeper: a static program of Linux that needs no file of the image it runs in. See keeper.c for its commands. */
export function keeperOf(architecture: KeeperArchitecture): Buffer {
  return gunzipSync(Buffer.from(PROGRAMS[architecture].gzip, 'base64'))
}

/** Returns a tar with the keeper in it, as an executable file of this name that belongs to root. */
export function keeperTar(architecture: KeeperArchitecture, name: string): Readable {
  return tarStream(entryOf(keeperOf(architecture), name))
}

async function* entryOf(program: Buffer, name: string): AsyncGenerator<TarEntry, void, undefined> {
  yield { name, type: 'file', mode: 0o755, mtime: 0, uid: 0, gid: 0, size: program.length, body: [program] }
}
