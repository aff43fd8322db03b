import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { it } from 'node:test'
import { tarOf, temporaryFolder, writeFiles } from '../../../dockline/dist-test/support/archives.js'
import {
  onEveryEngine,
  onNewestEngine,
  type TestEngine,
} from '../../../dockline/dist-test/support/engines.js'
import { aRegistry, enginePid } from '../../../dockline/dist-test/support/registry.js'
import { dockline, type Target } from '../support/both.js'

const SECRET = 'v4lue-that-is-secret'
const LOGIN = { username: 'me', password: 's3cret' }

onEveryEngine((engine) => {
  it('builds what was chosen of a folder, with a secret and an ssh agent, and tells what the steps write', async (test) => {
    const docker = dockerOf(engine)
    const ssh = join(await temporaryFolder(), 'agent')
    const agent = createServer().listen(ssh)
    test.after(() => agent.close())
    const dockerfile = `FROM busybox:latest
COPY . /app
RUN --mount=type=secret,id=token --mount=type=ssh \\
  echo ${Math.random()}; find /app -type f | sort; wc -c < /run/secrets/token; test -S "$SSH_AUTH_SOCK" && echo agent
`
    const context = await aContext({
      Dockerfile: dockerfile,
      'src/main.txt': 'main',
      'src/left.log': 'left',
      'other.txt': 'x',
      '.dockerignore': '*/*.log\n',
    })
    const options = { version: '2', t: 'drop-in-buildkit', secrets: { token: SECRET }, ssh }
    const { error, lines } = await follow(docker, { context, src: ['src'] }, options)
    test.after(() => imageOf(docker, options.t).remove?.({ force: true }))
    assert.equal(error, null, lines.join(''))
    const written = lines.join('').split('\n')
    for (const line of ['/app/src/main.txt', '20', 'agent']) assert.ok(written.includes(line), lines.join(''))
    assert.ok(!lines.join('').includes(SECRET) && !lines.join('').includes('other.txt'))
    assert.match(lines.join(''), /^\[sha256:\w{5}\] \[(?:stage-0 )?3\/3\] RUN .*$/m)
    assert.ok(lines.some((line) => /^Built image: sha256:[\da-f]{64}\n$/.test(line)))
    const { Id } = (await imageOf(docker, options.t).inspect?.()) as { Id: string }
    assert.match(Id, /^sha256:/)
  })

  it('builds a tar, and ends with the error of the step that fails', async () => {
    const body = 'FROM busybox:latest\nRUN echo before; exit 7\n'
    const tar = Readable.from([await tarOf([{ name: 'sub/Dockerfile', body }])])
    const options = { version: '2', dockerfile: 'sub/Dockerfile', nocache: true }
    const { error, lines } = await follow(dockerOf(engine), tar, options)
    assert.match((error as Error).message, /exit code: 7/)
    assert.ok(lines.includes('before\n') && lines.some((line) => /^ERROR: .*exit code: 7\n$/.test(line)))
  })
})

onNewestEngine((engine) => {
  it('asks a registry for the base image with the credentials that are given, or with those of config.json', async (test) => {
    const pid = await enginePid(engine.host)
    // The Engine is somebody else's, and a registry in its network cannot be made.
    if (pid === undefined) return
    const { address } = await aRegistry(test, pid, LOGIN)
    const base = `${address}/base:1`
    await engine.client.images.tag('busybox:latest', base)
    await engine.client.images.push(base, { auth: LOGIN })
    await engine.client.images.remove(base)
    const config = await temporaryFolder()
    const auth = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')
    await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [address]: { auth } } }))
    const wrong = { ...LOGIN, password: 'wrong' }
    const cases: [options: object, folder: string, message: RegExp | undefined][] = [
      [{ authconfig: LOGIN }, '/nowhere', undefined],
      [{ authconfig: { base64: encoded({ ...LOGIN, serveraddress: address }) } }, '/nowhere', undefined],
      [{ registryconfig: { [address]: LOGIN } }, '/nowhere', undefined],
      [{}, config, undefined],
      [{}, '/nowhere', /401 Unauthorized/],
      [{ registryconfig: { [address]: wrong } }, config, /401 Unauthorized/],
      [{ authconfig: { ...LOGIN, serveraddress: 'other.invalid' } }, '/nowhere', /401 Unauthorized/],
    ]
    for (const [options, folder, message] of cases) {
      process.env.DOCKER_CONFIG = folder
      const context = await aContext({ Dockerfile: `FROM ${base}\nLABEL n=${Math.random()}\n` })
      const asked = { version: '2', pull: true, ...options }
      const { error, lines } = await follow(dockerOf(engine), { context, src: ['.'] }, asked)
      if (message === undefined) assert.equal(error, null)
      else assert.match(String(error), message)
      assert.ok(!lines.join('').includes(LOGIN.password))
    }
    delete process.env.DOCKER_CONFIG
    await engine.client.close()
  })
})

function dockerOf({ host }: TestEngine): Target {
  return new dockline({ socketPath: host.slice('unix://'.length) })
}

function imageOf(docker: Target, name: string): Target {
  return docker.getImage?.(name) as unknown as Target
}

function encoded(auth: object): string {
  return Buffer.from(JSON.stringify(auth)).toString('base64')
}

async function aContext(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder()
  await writeFiles(folder, files)
  return folder
}

interface Followed {
  readonly error: unknown
  readonly lines: readonly string[]
}

async function follow(docker: Target, file: unknown, options: object): Promise<Followed> {
  const stream = await docker.buildImage?.(file, options)
  return new Promise((resolve) => {
    docker.followProgress?.(stream, (error: unknown, events: { stream?: string }[]) =>
      resolve({ error, lines: events.flatMap(({ stream: line }) => line ?? []) }),
    )
  })
}
