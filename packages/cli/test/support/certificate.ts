import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const SCRIPT = new URL('../../../../scripts/engine/packages.mjs', import.meta.url)
const run = promisify(execFile)

/** A certificate that vouches for itself, and its key: docker takes nothing for one that is none. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

let made: Promise<Certificate> | undefined

/** Made by openssl, once for a file of tests. */
export function aCertificate(): Promise<Certificate> {
  made ??= make()
  return made
}

async function make(): Promise<Certificate> {
  const { needPackages } = (await import(SCRIPT.href)) as {
    needPackages(names: readonly string[], progress: object): Promise<void>
  }
  await needPackages(['openssl'], {})
  const folder = await mkdtemp(join(tmpdir(), 'dockline-certificate-'))
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
    await run('openssl', ['req', '-x509', ...newKey, '-subj', '/CN=localhost', '-days', '2', '-out', cert])
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
  } finally {
    await rm(folder, { recursive: true })
  }
}
