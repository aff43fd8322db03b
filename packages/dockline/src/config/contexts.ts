import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { InvalidArgumentError } from '../errors.js'
import { readJson } from './file.js'

const load = createRequire(import.meta.url)

interface ContextMeta {
  readonly Endpoints?: { readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean } }
}

/** The host of a context that the docker command made. */
export function readContextHost(configFolder: string, name: string): string {
  // Loaded for contexts only: it would take a fifth of what importing this package takes.
  const { createHash } = load('node:crypto') as typeof import('node:crypto')
  const folder = createHash('sha256').update(name).digest('hex')
  const meta = readJson(join(configFolder, 'contexts', 'meta', folder, 'meta.json')) as
    | ContextMeta
    | undefined
  if (meta === undefined) {
    const hint = 'see `docker context ls`'
    throw new InvalidArgumentError(`there is no context '${name}' in ${configFolder}`, { hint })
  }
  const host = meta.Endpoints?.docker?.Host
  if (!host) throw new InvalidArgumentError(`the context '${name}' names no docker host`)
  // Better no connection than one that was meant to be encrypted and is not.
  const tls = join(configFolder, 'contexts', 'tls', folder, 'docker')
  const wantsTls = existsSync(tls) || meta.Endpoints?.docker?.SkipTLSVerify === true
  if (wantsTls && !/^(unix|npipe|ssh):/i.test(host)) {
    throw new InvalidArgumentError(`the context '${name}' wants TLS, which is not supported yet`)
  }
  return host
}
