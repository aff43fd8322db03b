import { ContextError } from '../../errors.js'
import type { TlsSettings } from '../../transport/index.js'
import { PEM_FILES, tlsOfContext } from '../tls-files.js'
import { DOCKER, readStored, tlsFilesOf } from './contexts-files.js'

/** Where a context of the docker command leads, and how it is encrypted. `reason` says where its name comes from. */
export function contextEndpoint(
  configFolder: string,
  name: string,
  reason: string,
): { host: string; tls: TlsSettings | undefined } {
  const stored = readStored(configFolder, name, reason)
  const { Host: host, SkipTLSVerify: skip } = stored.endpoints[DOCKER] ?? {}
  if (typeof host !== 'string' || host === '') {
    throw new ContextError(name, `context "${name}": ${stored.file} names no docker host`)
  }
  return { host, tls: tlsOfContext(pemsOf(tlsFilesOf(configFolder, name)[DOCKER] ?? {}), skip === true) }
}

/** Sorts the files by their use. As in docker, their names decide. */
function pemsOf(files: Readonly<Record<string, Buffer>>): Readonly<Record<string, Buffer>> {
  return Object.fromEntries(
    Object.entries(PEM_FILES).flatMap(([pem, file]) => {
      const content = files[file]
      return content === undefined ? [] : [[pem, content]]
    }),
  )
}
