import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import {
  type ClientOptions,
  type ConnectionDescription,
  ContextError,
  ContextNotFoundError,
  DockerClient,
  type DockerError,
  fromEnv,
  InvalidArgumentError,
  TlsError,
} from '#src/index.js'
import { temporaryFolder, writeFiles } from '../support/archives.js'
import { metaFile, writeContexts } from '../support/contexts.js'
import { NOWHERE } from '../support/nowhere.js'

const windows = process.platform === 'win32'
const DEFAULT = windows ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock'

type Env = Readonly<Record<string, string>>

interface Row {
  readonly env?: Env
  /** currentContext of config.json. */
  readonly current?: unknown
  readonly options?: ClientOptions
  readonly is: Partial<ConnectionDescription>
}

/** Everything that can decide, each against what it beats. */
const ORDER: Readonly<Record<string, Row>> = {
  'nothing at all': { is: { address: DEFAULT, context: 'default', reason: "the platform's default" } },
  'the host option before DOCKER_HOST, DOCKER_CONTEXT and currentContext': {
    env: { DOCKER_HOST: 'tcp://env', DOCKER_CONTEXT: 'two' },
    current: 'one',
    options: { host: 'tcp://option' },
    is: { address: 'tcp://option:2375', context: 'default', reason: 'the host option' },
  },
  'the context option before DOCKER_HOST, DOCKER_CONTEXT and currentContext': {
    env: { DOCKER_HOST: 'tcp://env', DOCKER_CONTEXT: 'two' },
    current: 'one',
    options: { context: 'three' },
    is: { address: 'tcp://three:3', context: 'three', reason: 'context three, from the context option' },
  },
  'DOCKER_HOST before DOCKER_CONTEXT and currentContext': {
    env: { DOCKER_HOST: 'tcp://env', DOCKER_CONTEXT: 'two' },
    current: 'one',
    is: { address: 'tcp://env:2375', context: 'default', reason: 'DOCKER_HOST' },
  },
  'DOCKER_CONTEXT before currentContext': {
    env: { DOCKER_CONTEXT: 'two' },
    current: 'one',
    is: { address: 'tcp://two:2', context: 'two', reason: 'context two, from DOCKER_CONTEXT' },
  },
  'currentContext before the default': {
    current: 'one',
    is: { address: 'tcp://one:1', context: 'one', reason: 'context one, from currentContext in config.json' },
  },
  'variables that are empty as if they were not set': {
    env: { DOCKER_HOST: '', DOCKER_CONTEXT: '', DOCKER_TLS: '', DOCKER_TLS_VERIFY: '' },
    current: 'one',
    is: { address: 'tcp://one:1', tls: 'none' },
  },
  'the context called default as the end of the search': {
    env: { DOCKER_CONTEXT: 'default' },
    current: 'one',
    is: { address: DEFAULT, context: 'default', reason: 'DOCKER_CONTEXT' },
  },
  'the context called default as what DOCKER_HOST says': {
    env: { DOCKER_HOST: 'tcp://env' },
    options: { context: 'default' },
    is: { address: 'tcp://env:2375', context: 'default', reason: 'the context option' },
  },
}

/** When a connection is encrypted, and whether the certificate is checked. CERTS is a folder with all three files. */
const ENCRYPTED: Readonly<Record<string, Row>> = {
  'a host as it is': { env: { DOCKER_HOST: 'tcp://env' }, is: { tls: 'none' } },
  'DOCKER_TLS_VERIFY, whatever it says': {
    env: { DOCKER_HOST: 'tcp://env', DOCKER_TLS_VERIFY: '0', DOCKER_CERT_PATH: 'CERTS' },
    is: { address: 'tcp://env:2375', tls: 'verified' },
  },
  'DOCKER_TLS, without a look at the certificate': {
    env: { DOCKER_HOST: 'tcp://env', DOCKER_TLS: '1', DOCKER_CERT_PATH: 'CERTS' },
    is: { tls: 'unverified' },
  },
  'DOCKER_TLS without any certificates': {
    env: { DOCKER_HOST: 'tcp://env', DOCKER_TLS: '1' },
    is: { tls: 'unverified' },
  },
  'DOCKER_TLS_VERIFY before DOCKER_TLS': {
    env: { DOCKER_HOST: 'tcp://env', DOCKER_TLS: '1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: 'CERTS' },
    is: { tls: 'verified' },
  },
  'DOCKER_CERT_PATH alone, which asks for nothing': {
    env: { DOCKER_HOST: 'tcp://env', DOCKER_CERT_PATH: 'CERTS' },
    is: { tls: 'none' },
  },
  'a ca alone': {
    env: { DOCKER_HOST: 'tcp://env', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: 'CA' },
    is: { tls: 'verified' },
  },
  'the host option, with what the environment has for it': {
    env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: 'CERTS' },
    options: { host: 'tcp://option' },
    is: { address: 'tcp://option:2375', tls: 'verified' },
  },
  'no host at all: the port of TLS on this machine': {
    env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: 'CERTS' },
    is: {
      address: 'tcp://localhost:2376',
      context: 'default',
      reason: 'the default with TLS, from DOCKER_TLS_VERIFY',
      tls: 'verified',
    },
  },
  'a socket, which has no use for it': {
    env: { DOCKER_HOST: 'unix:///x', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: NOWHERE },
    is: { address: 'unix:///x', tls: 'none' },
  },
  'ssh, which has no use for it': {
    env: { DOCKER_HOST: 'ssh://me@box', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: NOWHERE },
    is: { address: 'ssh://me@box', tls: 'none' },
  },
  'https, by the authorities of the system': { options: { host: 'https://box' }, is: { tls: 'verified' } },
  'https, by those of DOCKER_CERT_PATH': {
    env: { DOCKER_HOST: 'https://box', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: 'CERTS' },
    is: { tls: 'verified' },
  },
  'a named context, which does not hear the variables': {
    env: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: NOWHERE },
    current: 'one',
    is: { address: 'tcp://one:1', tls: 'none' },
  },
  'a context with certificates': { options: { context: 'safe' }, is: { tls: 'verified' } },
  'a context with a ca alone': { options: { context: 'safe-ca' }, is: { tls: 'verified' } },
  'a context with cert and key alone': { options: { context: 'safe-pair' }, is: { tls: 'verified' } },
  'a context that skips the check': { options: { context: 'skip' }, is: { tls: 'unverified' } },
  'a context of a socket, whatever it has': { options: { context: 'socket' }, is: { tls: 'none' } },
  'a context of https': { options: { context: 'web' }, is: { tls: 'verified' } },
  'tls: true': { options: { host: 'tcp://box', tls: true }, is: { tls: 'verified' } },
  'tls: true before the files of the environment': {
    env: { DOCKER_TLS: '1', DOCKER_CERT_PATH: NOWHERE },
    options: { host: 'tcp://box', tls: true },
    is: { tls: 'verified' },
  },
  'tls: false before the environment': {
    env: { DOCKER_HOST: 'tcp://box', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: NOWHERE },
    options: { tls: false },
    is: { tls: 'none' },
  },
  'tls: false, and the default socket': {
    env: { DOCKER_TLS_VERIFY: '1' },
    options: { tls: false },
    is: { address: DEFAULT, tls: 'none' },
  },
  'tls: false before the context': { options: { context: 'safe', tls: false }, is: { tls: 'none' } },
  'tls without a host': {
    options: { tls: { verify: false } },
    is: {
      address: 'tcp://localhost:2376',
      reason: 'the default with TLS, from the tls option',
      tls: 'unverified',
    },
  },
}

describe('where a client connects is decided by', () => {
  for (const [what, row] of Object.entries(ORDER)) it(what, () => check(row))
})

describe('a connection is encrypted as said by', () => {
  for (const [what, row] of Object.entries(ENCRYPTED)) it(what, () => check(row))
})

let certs = ''
let ca = ''
before(async () => {
  certs = await temporaryFolder()
  ca = await temporaryFolder()
  await writeFiles(certs, { 'ca.pem': pem('ca'), 'cert.pem': pem('cert'), 'key.pem': pem('key') })
  await writeFiles(ca, { 'ca.pem': pem('ca') })
})

function pem(name: string): string {
  return `-----BEGIN ${name}-----\n`
}

async function aFolder(current?: unknown): Promise<string> {
  const folder = await temporaryFolder()
  const all = { 'ca.pem': pem('ca'), 'cert.pem': pem('cert'), 'key.pem': pem('key') }
  await writeContexts(
    folder,
    {
      one: { host: 'tcp://one:1' },
      two: { host: 'tcp://two:2' },
      three: { host: 'tcp://three:3' },
      safe: { host: 'tcp://safe:4', tls: all },
      'safe-ca': { host: 'tcp://safe:4', tls: { 'ca.pem': pem('ca') } },
      'safe-pair': { host: 'tcp://safe:4', tls: { 'cert.pem': pem('cert'), 'key.pem': pem('key') } },
      skip: { host: 'tcp://skip:5', skip: true },
      socket: { host: 'unix:///socket', tls: all, skip: true },
      web: { host: 'https://web' },
    },
    current,
  )
  return folder
}

async function envOf(given: Env = {}, current?: unknown): Promise<Env> {
  const paths: Readonly<Record<string, string>> = { CERTS: certs, CA: ca }
  const known = Object.entries(given).map(([name, value]) => [name, paths[value] ?? value])
  return { ...Object.fromEntries(known), DOCKER_CONFIG: await aFolder(current) }
}

async function check({ env, current, options = {}, is }: Row): Promise<void> {
  const client = new DockerClient({ ...options, env: await envOf(env, current) })
  const described = client.describe()
  const told = Object.keys(is).map((name) => [name, described[name as keyof ConnectionDescription]])
  assert.deepEqual(Object.fromEntries(told), is)
  assert.equal(client.address, described.address)
}

describe('what cannot be right is refused before anything is sent:', () => {
  type Refused = Omit<Row, 'is'> & { error: new (...args: never[]) => DockerError; says: RegExp }
  const refusals: Readonly<Record<string, Refused>> = {
    'an unknown context, with those that there are and who named it': {
      env: { DOCKER_CONTEXT: 'stagging' },
      error: ContextNotFoundError,
      says: /context "stagging": context not found.*default, one, .*three.*\(it is named by DOCKER_CONTEXT\)/,
    },
    'an unknown currentContext, instead of the default socket': {
      current: 'gone',
      error: ContextNotFoundError,
      says: /"gone".*named by currentContext in config\.json/,
    },
    'a currentContext that is no name': {
      current: 5,
      error: InvalidArgumentError,
      says: /^currentContext in config\.json must be a string$/,
    },
    'host and context at once': {
      options: { host: 'tcp://a', context: 'one' },
      error: InvalidArgumentError,
      says: /host and context exclude each other/,
    },
    'DOCKER_TLS_VERIFY without a ca': {
      env: { DOCKER_HOST: 'tcp://a', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: NOWHERE },
      error: TlsError,
      says: /DOCKER_TLS_VERIFY is set, and .*dockline-nowhere-\w+.ca\.pem cannot be read: there is no such file/,
    },
    'TLS over http': {
      env: { DOCKER_HOST: 'http://a', DOCKER_TLS: '1' },
      error: InvalidArgumentError,
      says: /http:\/\/ from DOCKER_HOST is not encrypted/,
    },
    'a cert without its key': {
      options: { host: 'tcp://a', tls: { cert: pem('cert') } },
      error: InvalidArgumentError,
      says: /tls\.cert was given without tls\.key/,
    },
    'a key without its cert, and without a word of the key': {
      options: { host: 'tcp://a', tls: { key: '-----BEGIN secret' } },
      error: InvalidArgumentError,
      says: /^tls\.key was given without tls\.cert: they belong together$/,
    },
    'a file that is not there': {
      options: { host: 'tcp://a', tls: { ca: join(NOWHERE, 'ca.pem') } },
      error: InvalidArgumentError,
      says: /^tls\.ca: cannot read the file .*dockline-nowhere-\w+.ca\.pem: there is no such file$/,
    },
    'a name that does not exist': {
      options: { host: 'tcp://a', tls: { rejectUnauthorized: false } as object },
      error: InvalidArgumentError,
      says: /unknown option 'rejectUnauthorized' of tls/,
    },
    'a trust that does not exist': {
      options: { host: 'tcp://a', tls: { trust: 'all' as 'added' } },
      error: InvalidArgumentError,
      says: /tls\.trust must be 'exclusive' or 'added', not 'all'/,
    },
    'a verify that is no boolean, which would be taken for no': {
      options: { host: 'tcp://a', tls: { verify: 0 as unknown as boolean } },
      error: InvalidArgumentError,
      says: /tls\.verify must be true or false/,
    },
    'a tls that is neither': {
      options: { host: 'tcp://a', tls: 'yes' as unknown as boolean },
      error: InvalidArgumentError,
      says: /tls must be true, false or an object/,
    },
  }
  for (const [what, { env, current, options, error, says }] of Object.entries(refusals)) {
    it(what, async () => {
      const given = { ...options, env: await envOf(env, current) }
      assert.throws(
        () => new DockerClient(given),
        (thrown) => {
          assert.ok(thrown instanceof error, String(thrown))
          assert.match(thrown.message, says)
          return true
        },
      )
    })
  }

  it('a context without a host, and one whose file is broken, by its file', async () => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { [metaFile('empty')]: '{"Name":"empty"}', [metaFile('broken')]: '{' })
    for (const [context, says] of [
      ['empty', /meta\.json names no docker host/],
      ['broken', /meta\.json is not valid JSON/],
    ] as const) {
      assert.throws(
        () => new DockerClient({ context, env: { DOCKER_CONFIG: folder } }),
        (error) => error instanceof ContextError && error.context === context && says.test(error.message),
      )
    }
  })
})

describe('fromEnv', () => {
  it('decides as the constructor does', async () => {
    const env = await envOf({}, 'one')
    assert.deepEqual(fromEnv({ env }).describe(), new DockerClient({ env }).describe())
  })
})

describe('a context', () => {
  it('is read whatever the case of its keys', async () => {
    const folder = await temporaryFolder()
    const meta =
      '{"name":"odd","METADATA":{},"endpoints":{"docker":{"host":"tcp://odd:1","skiptlsverify":true}}}'
    await writeFiles(folder, { [metaFile('odd')]: meta })
    const client = DockerClient.fromContext('odd', { env: { DOCKER_CONFIG: folder } })
    assert.deepEqual([client.address, client.describe().tls], ['tcp://odd:1', 'unverified'])
  })

  it('is looked for beside the config.json of the home folder', async () => {
    const home = await temporaryFolder()
    await writeContexts(join(home, '.docker'), { one: { host: 'tcp://one:1' } }, 'one')
    assert.equal(fromEnv({ env: { HOME: home } }).describe().context, 'one')
  })
})
