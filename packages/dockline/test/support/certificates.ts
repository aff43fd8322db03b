import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { needPackages } from './packages.js'

const run = promisify(execFile)

/** Folders as DOCKER_CERT_PATH has them, each with ca.pem, cert.pem and key.pem. */
export interface Certificates {
  /** What an Engine takes: ca.pem, server-cert.pem, server-key.pem. */
  readonly server: string
  /** A client that the Engine trusts, and that trusts the Engine. */
  readonly client: string
  /** The same, with a certificate that was valid once. */
  readonly expired: string
  /** A client that trusts the Engine and that the Engine does not trust. */
  readonly stranger: string
  /** A client that the Engine trusts, and that trusts somebody else. */
  readonly distrustful: string
  /** A client that trusts the Engine and has nothing to show. */
  readonly anonymous: string
  /** What an Engine takes whose certificate was valid once. */
  readonly outdated: string
}

/** Two authorities and what they have signed, made by openssl. They are gone after the test. */
export async function certificates(test: Pick<TestContext, 'after'>): Promise<Certificates> {
  await needPackages(['openssl'])
  const folder = await mkdtemp(join(tmpdir(), 'dockline-tls-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  const ours = await anAuthority(folder, 'ours')
  const theirs = await anAuthority(folder, 'theirs')
  const place = (name: string) => join(folder, name)
  await Promise.all([
    issue(ours, place('server'), { prefix: 'server-' }),
    issue(ours, place('client')),
    issue(ours, place('expired'), { past: true }),
    issue({ ...theirs, trusted: ours.trusted }, place('stranger')),
    issue({ ...ours, trusted: theirs.trusted }, place('distrustful')),
    copyTrust(ours, place('anonymous')),
    issue(ours, place('outdated'), { prefix: 'server-', past: true }),
  ])
  return {
    server: place('server'),
    client: place('client'),
    expired: place('expired'),
    stranger: place('stranger'),
    distrustful: place('distrustful'),
    anonymous: place('anonymous'),
    outdated: place('outdated'),
  }
}

interface Authority {
  readonly key: string
  readonly certificate: string
  /** What goes into ca.pem. */
  readonly trusted: string
}

async function anAuthority(folder: string, name: string): Promise<Authority> {
  const key = join(folder, `${name}-key.pem`)
  const certificate = join(folder, `${name}.pem`)
  await openssl(['req', '-x509', ...newKey(key), '-subj', `/CN=${name}`, '-days', '2', '-out', certificate])
  return { key, certificate, trusted: certificate }
}

interface Issue {
  readonly prefix?: string
  /** Whether it was valid in the year 2020 only. */
  readonly past?: boolean
}

async function issue(authority: Authority, folder: string, { prefix = '', past = false }: Issue = {}) {
  await copyTrust(authority, folder)
  const file = (name: string) => join(folder, name)
  await openssl([
    'req',
    ...newKey(file(`${prefix}key.pem`)),
    '-subj',
    '/CN=localhost',
    '-out',
    file('request'),
  ])
  await writeFile(
    file('extensions'),
    '[all]\nsubjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n',
  )
  // `openssl ca` is the one that takes any dates. It wants a place for its books.
  const books = [
    '[books]',
    `database=${file('index')}`,
    `serial=${file('serial')}`,
    `new_certs_dir=${folder}`,
    'default_md=sha256',
    'policy=any',
    '[any]',
    'commonName=supplied',
  ]
  await writeFile(file('books'), books.join('\n'))
  await writeFile(file('index'), '')
  await writeFile(
    file('serial'),
    `${Math.floor(Math.random() * 0xffffff)
      .toString(16)
      .padStart(6, '0')}\n`,
  )
  const dates = past ? ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z'] : ['-days', '2']
  await openssl([
    ...['ca', '-batch', '-config', file('books'), '-name', 'books', '-notext'],
    ...['-cert', authority.certificate, '-keyfile', authority.key],
    ...['-extfile', file('extensions'), '-extensions', 'all', ...dates],
    ...['-in', file('request'), '-out', file(`${prefix}cert.pem`)],
  ])
}

async function copyTrust({ trusted }: Authority, folder: string): Promise<void> {
  await run('mkdir', ['-p', folder])
  await run('cp', [trusted, join(folder, 'ca.pem')])
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file]
}

async function openssl(args: readonly string[]): Promise<void> {
  await run('openssl', args)
}
