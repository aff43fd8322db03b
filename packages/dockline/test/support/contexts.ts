import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { writeFiles } from './archives.js'

/** The folder names of a context are the hash of its name. */
export function contextId(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

export function metaFile(name: string): string {
  return `contexts/meta/${contextId(name)}/meta.json`
}

export interface WrittenContext {
  readonly host: string
  readonly skip?: boolean
  /** By the name of the file, as in 'ca.pem'. */
  readonly tls?: Readonly<Record<string, string>>
}

/** Writes contexts as the docker command does, with a config.json that names one of them as current. */
export async function writeContexts(
  folder: string,
  contexts: Readonly<Record<string, WrittenContext>>,
  current?: unknown,
): Promise<void> {
  for (const [name, { host, skip = false, tls = {} }] of Object.entries(contexts)) {
    const Endpoints = { docker: { Host: host, SkipTLSVerify: skip } }
    await writeFiles(folder, { [metaFile(name)]: JSON.stringify({ Name: name, Metadata: {}, Endpoints }) })
    await writeFiles(join(folder, 'contexts/tls', contextId(name), 'docker'), tls)
  }
  if (current !== undefined) {
    await writeFiles(folder, { 'config.json': JSON.stringify({ currentContext: current }) })
  }
}
