// The contexts of the docker command, which are those of dockline: each sees what the other has made.
import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { zipOf } from '../../../dockline/dist-test/support/zips.js'
import { aCertificate } from '../support/certificate.js'
import { docker, dockline, type Ended, startDockline } from '../support/dockline.js'
import { NOWHERE } from '../support/nowhere.js'
import { withoutDocker } from '../support/tools.js'

/** In a folder of files: FILES stands for that folder. */
const TLS = 'ca=FILES/ca.pem,cert=FILES/cert.pem,key=FILES/key.pem'

/** That of a context, as it lies in its archive. */
const META =
  '{"Name":"nn10","Metadata":{"Description":"ten"},"Endpoints":{"docker":{"Host":"tcp://h:2376","SkipTLSVerify":false}}}'

/** A row is a command line, with what else is in the environment. */
type Row = readonly string[]
type Env = Readonly<Record<string, string>>

/** These look, or do something once: both commands start from the same files, and leave the same files. */
const ALIKE: readonly Row[] = [
  ['ls'],
  ['list'],
  ['ls', '-q'],
  ['ls', '--format', 'json'],
  ['ls', '--format', 'table {{.Name}}\t{{.DockerEndpoint}}'],
  ['ls', '--format', '{{.Name}}{{if .Current}} *{{end}} {{json .}}'],
  ['show'],
  ['inspect'],
  ['inspect', 'nn2', 'nn10', 'skip', 'default'],
  ['inspect', '-f', '{{.Name}} {{json .Endpoints}} {{.Endpoints.docker.Host}}', 'nn10'],
  ['inspect', '--format', 'json', 'nn10', 'nn2'],
  ['create', 'new', '--docker', 'host=tcp://n:1', '--description', 'a <b> & c'],
  ['create', 'new', '--docker', `host=tcp://n:1,${TLS}`],
  ['create', 'new', '--docker', 'host=tcp://n:1,ca=FILES/ca.pem', '--docker', 'skip-tls-verify=1'],
  ['create', 'new', '--docker', 'host=ssh://me@box'],
  ['create', 'new'],
  ['create', 'new', '--from', 'nn10'],
  ['create', 'new', '--from', 'nn10', '--description', 'other'],
  ['create', 'new', '--from', 'default'],
  ['create', 'nn2', '--docker', 'host=tcp://n:1'],
  ['create', 'default', '--docker', 'host=tcp://n:1'],
  ['create', 'a', '--docker', 'host=tcp://n:1'],
  ['create', 'new', '--docker', 'bogus=1'],
  ['create', 'new', '--docker', 'host=tcp://n:1,skip-tls-verify=maybe'],
  ['create', 'new', '--docker', 'host=tcp://n:1,ca=FILES/nn10.tar'],
  ['create', 'new', '--docker', 'host=tcp://n:1,ca=FILES/key.pem,skip-tls-verify=true'],
  ['create', 'new', '--docker', 'host=tcp://n:1,cert=FILES/cert.pem,key=FILES/nn10.tar'],
  ['create', 'new', '--docker', 'host=ssh://me@box,ca=FILES/nn10.tar'],
  ['create', 'new', '--docker', 'host=tcp://'],
  ['create', 'new', '--docker', 'host=localhost'],
  ['create', 'new', '--docker', 'host=fd://'],
  ['create', 'new', '--docker', 'host=npipe:////./pipe/x'],
  ['update', 'nn10', '--docker', 'host=n:1'],
  ['create', 'new', '--from', 'nn2', '--docker', 'host=tcp://n:1'],
  ['update', 'nn10', '--description', 'other'],
  ['update', 'nn10', '--description', ''],
  ['update', 'nn10', '--docker', 'host=tcp://n:1'],
  ['update', 'nn2', '--docker', `host=tcp://n:1,${TLS}`],
  ['update', 'nn2'],
  ['update', 'default', '--description', 'x'],
  ['use', 'nn2'],
  ['use', 'default'],
  ['use', 'x y'],
  ['rm', 'nn2'],
  ['rm', 'nn2', 'skip'],
  ['remove', 'nn2'],
  ['rm', 'nn10'],
  ['rm', '-f', 'nn10'],
  ['rm', 'gone'],
  ['rm', '-f', 'gone'],
  ['rm', 'b'],
  ['rm', '-f', 'b', 'x/y', 'nn2'],
  ['rm', '-f', 'default', 'b'],
  ['rm', 'gone', 'nn2'],
  ['rm', 'default'],
  ['export', 'nn2', 'FILES/none/x'],
  ['export', 'nn2', 'FILES/ca.pem'],
  ['import', 'new', 'FILES/nn10.tar'],
  ['import', 'new', 'FILES/nn10.zip'],
  ['import', 'nn2', 'FILES/nn10.tar'],
  ['import', 'default', 'FILES/nn10.tar'],
  ['import', 'new', 'FILES/none'],
]

const ENVIRONMENTS: readonly (readonly [Env, Row])[] = [
  [{ DOCKER_HOST: 'tcp://x' }, ['ls']],
  [{ DOCKER_HOST: 'tcp://x' }, ['ls', '-q']],
  [{ DOCKER_HOST: 'tcp://x' }, ['use', 'nn2']],
  [{ DOCKER_HOST: 'tcp://x' }, ['show']],
  [{ DOCKER_HOST: 'tcp://x', DOCKER_CONTEXT: 'nn2' }, ['show']],
  [{ DOCKER_CONTEXT: 'nn2' }, ['ls']],
  [{ DOCKER_CONTEXT: 'nn2' }, ['rm', 'nn2']],
  [{ DOCKER_CONTEXT: 'gone' }, ['show']],
  [
    { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: 'FILES' },
    ['inspect', 'default', '-f', '{{json .Endpoints}}'],
  ],
  [{ DOCKER_TLS: '1', DOCKER_CERT_PATH: 'FILES' }, ['inspect', 'default', '-f', '{{json .Endpoints}}']],
  [{ DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: 'FILES' }, ['create', 'new', '--from', 'default']],
]

describe('context does what docker context does:', { skip: withoutDocker }, () => {
  for (const row of ALIKE) it(row.join(' '), (test) => alike(test, row))
  for (const [env, row] of ENVIRONMENTS) {
    it(`${row.join(' ')} with ${JSON.stringify(env)}`, (test) => alike(test, row, env))
  }
})

describe('a context goes both ways', { skip: withoutDocker }, () => {
  it('from dockline to docker, with its certificates', async (test) => {
    const { folder, files } = await aStage(test)
    const env = { DOCKER_CONFIG: folder }
    await done(
      dockline('', ['context', 'create', 'ours', '--docker', expand(`host=tcp://n:1,${TLS}`, files)], {
        env,
      }),
    )
    await done(dockline('', ['context', 'use', 'ours'], { env }))
    const seen = await done(docker('', ['context', 'inspect'], { env }))
    const [{ Name, Endpoints, TLSMaterial }] = JSON.parse(seen)
    assert.deepEqual(
      [Name, Endpoints, TLSMaterial],
      [
        'ours',
        { docker: { Host: 'tcp://n:1', SkipTLSVerify: false } },
        { docker: ['ca.pem', 'cert.pem', 'key.pem'] },
      ],
    )
  })

  for (const [from, to] of [
    [docker, dockline],
    [dockline, docker],
  ] as const) {
    it(`as an archive, from ${from.name} to ${to.name}, as a file and through a pipe`, async (test) => {
      const { folder, files } = await aStage(test)
      const env = { DOCKER_CONFIG: folder }
      const archive = join(files, 'sent.tar')
      await done(from('', ['context', 'export', 'nn10', archive], { env }))
      assert.equal((await stat(archive)).mode & 0o777, 0o600)
      await done(to('', ['context', 'import', 'copy', archive], { env }))
      const input = await readFile(archive, 'utf8')
      await done(to('', ['context', 'import', 'piped', '-'], { env, input }))
      const facts = async (name: string) => {
        const [context] = JSON.parse(await done(docker('', ['context', 'inspect', name], { env })))
        return { ...context, Name: '', Storage: '' }
      }
      assert.deepEqual(await Promise.all([facts('copy'), facts('piped')]), Array(2).fill(await facts('nn10')))
    })
  }

  it('as a zip through a pipe', async (test) => {
    const { folder, files } = await aStage(test)
    const { process, ended } = startDockline('', ['context', 'import', 'piped', '-'], {
      env: { DOCKER_CONFIG: folder },
    })
    process.stdin?.end(await readFile(join(files, 'nn10.zip')))
    await done(ended)
    const said = await done(docker('', ['context', 'inspect', 'piped'], { env: { DOCKER_CONFIG: folder } }))
    const [{ Metadata, TLSMaterial }] = JSON.parse(said)
    assert.deepEqual(
      [Metadata, TLSMaterial],
      [{ Description: 'ten' }, { docker: ['ca.pem', 'cert.pem', 'key.pem'] }],
    )
  })

  it('as an archive on stdout, which is the one that is written to a file', async (test) => {
    const { folder, files } = await aStage(test)
    const env = { DOCKER_CONFIG: folder }
    const piped = await done(dockline('', ['context', 'export', 'nn10', '-'], { env }))
    await done(dockline('', ['context', 'export', 'nn10', join(files, 'sent.tar')], { env }))
    assert.equal(piped, await readFile(join(files, 'sent.tar'), 'utf8'))
  })
})

describe('context show', () => {
  it('says where that leads and what decided it, with --why', async (test) => {
    const { folder } = await aStage(test)
    const said = await dockline('', ['context', 'show', '--why'], { env: { DOCKER_CONFIG: folder } })
    assert.equal(
      said.stdout,
      'nn10\ntcp://h:2376 (TLS, the certificate is verified), from currentContext in config.json\n',
    )
  })

  it('says with --why also what is wrong', async (test) => {
    const { folder } = await aStage(test)
    const env = { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'gone' }
    const said = await dockline('', ['context', 'show', '--why'], { env })
    assert.equal(said.stdout, 'gone\n')
    assert.match(said.stderr, /context not found.*default, nn10, nn2, skip \(it is named by DOCKER_CONTEXT\)/)
  })
})

describe('context', () => {
  it('lists the others also when one is broken, and the one in use also when there is none', async (test) => {
    const { folder } = await aStage(test)
    await writeFile(await firstMeta(folder), 'garbage')
    const env = { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'gone' }
    const { stdout, exitCode } = await dockline('', ['context', 'ls', '--format', '{{.Name}}:{{.Error}}'], {
      env,
    })
    assert.equal(exitCode, 0)
    assert.equal(stdout.trim().split('\n').length, 5)
    assert.match(stdout, /^gone:context "gone": context not found/m)
    assert.match(stdout, /^default:$/m)
  })

  it('is told what it cannot read or find', async (test) => {
    const { folder, files } = await aStage(test)
    const env = { DOCKER_CONFIG: folder }
    for (const [words, says] of [
      [['inspect', 'gone'], /context "gone": context not found.*default, nn10, nn2, skip/],
      [
        ['create', 'new', '--docker', `host=tcp://h,ca=${NOWHERE}`],
        /docker endpoint config: --tlscacert.*dockline-nowhere/,
      ],
      [['create', 'new', '--docker', 'host=ftp://h'], /docker endpoint config: invalid host 'ftp:\/\/h'/],
      [['import', 'new', join(files, 'ca.pem')], /not a tar archive/],
    ] as const) {
      const { stderr, exitCode } = await dockline('', ['context', ...words], { env })
      assert.equal(exitCode, 1)
      assert.match(stderr, says)
    }
  })

  it('is a group: without a command it shows its commands, on stderr', async () => {
    const shown = await dockline('', ['context'])
    assert.equal(shown.exitCode, 0)
    assert.match(
      shown.stderr,
      /context COMMAND\n\nManage contexts\n\nCommands:\n {2}create +Create a context\n/,
    )
    assert.equal((await dockline('', ['context', '--help'])).stdout, shown.stderr)
    assert.equal((await dockline('', ['help', 'context'])).stdout, shown.stderr)
    const unknown = await dockline('', ['context', 'nope'])
    assert.equal(unknown.exitCode, 1)
    assert.match(unknown.stderr, /^dockline: unknown command: dockline context nope\n/)
    assert.match((await dockline('', ['help', 'context', 'rm'])).stdout, /dockline context rm /)
  })
})

interface Stage {
  /** For DOCKER_CONFIG. */
  readonly folder: string
  /** With certificates, and the archive of a context. */
  readonly files: string
}

/** Contexts to work with. Gone after the test. */
async function aStage(test: TestContext): Promise<Stage> {
  const top = await mkdtemp(join(tmpdir(), 'dockline-contexts-'))
  test.after(() => rm(top, { recursive: true }))
  scenery ??= build()
  await cp(await scenery, top, { recursive: true })
  return { folder: join(top, 'config'), files: join(top, 'files') }
}

let scenery: Promise<string> | undefined

after(async () => {
  if (scenery !== undefined) await rm(await scenery, { recursive: true })
})

/** Made once, by docker where there is one, and then copied. */
async function build(): Promise<string> {
  const top = await mkdtemp(join(tmpdir(), 'dockline-contexts-'))
  const [folder, files] = [join(top, 'config'), join(top, 'files')]
  await mkdir(folder)
  await mkdir(files)
  const { cert, key } = await aCertificate()
  const pems = { 'ca.pem': cert, 'cert.pem': cert, 'key.pem': key }
  for (const [name, pem] of Object.entries(pems)) await writeFile(join(files, name), pem)
  const make = withoutDocker ? dockline : docker
  const env = { DOCKER_CONFIG: folder }
  for (const words of [
    ['create', 'nn2', '--docker', 'host=tcp://h:1'],
    ['create', 'nn10', '--description', 'ten', '--docker', expand(`host=tcp://h:2376,${TLS}`, files)],
    ['create', 'skip', '--docker', 'host=tcp://h:2376,skip-tls-verify=true'],
    ['use', 'nn10'],
    ['export', 'nn10', join(files, 'nn10.tar')],
  ]) {
    await done(make('', ['context', ...words], { env }))
  }
  const tls = Object.entries(pems).map(([name, body]) => ({ name: `tls/docker/${name}`, body }))
  await writeFile(join(files, 'nn10.zip'), zipOf([{ name: 'meta.json', body: META, stored: true }, ...tls]))
  return top
}

/** Both in a folder of the same name, one after the other: what they say of it is the same, too. */
async function alike(test: TestContext, row: Row, env: Env = {}): Promise<void> {
  const { folder, files } = await aStage(test)
  const before = `${folder}-before`
  await cp(folder, before, { recursive: true })
  const words = ['context', ...row.map((word) => expand(word, files))]
  const expanded = Object.entries(env).map(([name, value]) => [name, expand(value, files)])
  const settings = { env: { ...Object.fromEntries(expanded), DOCKER_CONFIG: folder } }
  const theirs = { said: comparable(await docker('', words, settings)), files: await contentOf(folder) }
  await rm(folder, { recursive: true })
  await cp(before, folder, { recursive: true })
  const ours = { said: comparable(await dockline('', words, settings)), files: await contentOf(folder) }
  assert.deepEqual(ours, theirs)
}

function expand(word: string, files: string): string {
  return word.replaceAll('FILES', files)
}

/** What is behind the last word of a line cannot be seen. */
function comparable({ exitCode, stdout, stderr }: Ended) {
  return { exitCode, stdout: stdout.replace(/ +$/gm, ''), stderr }
}

async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const contents = await Promise.all(
    files.sort().map(async (file) => {
      const { mode } = await stat(file)
      return [`${file} ${(mode & 0o777).toString(8)}`, await readFile(file, 'utf8')] as const
    }),
  )
  return Object.fromEntries(contents.map(([name, text]) => [name, withoutAuths(text)]))
}

/** docker notes in config.json that there are no credentials. */
function withoutAuths(text: string): string {
  return text.replace(/\t"auths": \{\},?\n/, '')
}

async function firstMeta(folder: string): Promise<string> {
  const top = join(folder, 'contexts/meta')
  const [first = ''] = await readdir(top)
  return join(top, first, 'meta.json')
}

async function done(running: Promise<Ended>): Promise<string> {
  const { exitCode, stdout, stderr } = await running
  assert.equal(exitCode, 0, stderr)
  return stdout
}
