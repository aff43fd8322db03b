// The system's ssh as the way to an Engine, against a real sshd with its defaults.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { type ClientOptions, ConnectionError, DockerClient } from '#src/index.js'
import { aRunningContainer, aSharedContainer, canStartEngines, onNewestEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { NO_ENGINE, NOWHERE } from '../support/nowhere.js'
import { PATIENCE_MS } from '../support/patience.js'
import { until, within } from '../support/pty.js'
import { anSshd, type TestSshd } from '../support/sshd.js'

const skip = canStartEngines ? false : 'an sshd of the tests needs Linux and root'
/** What nobody else's doings are told to. */
const QUIET = { filters: { label: ['dockline-test=nothing has this'] } }
const WITHOUT_KEY = 'ssh://root@keyless'
const TURN_MS = 2000
const PASSPHRASE = 'open it'
const run = promisify(execFile)
const PROGRAM = fileURLToPath(new URL('../support/ssh-program.js', import.meta.url))

onNewestEngine((engine) => {
  describe('ssh', { skip }, () => {
    it('logs in once for everything, with a handful of processes for twenty calls', async (test) => {
      const sshd = await anSshd(test, engine.host)
      const client = clientOf(test, sshd)
      let most = 0
      const calls = Array.from({ length: 20 }, async () => {
        await client.version()
        most = Math.max(most, await sshd.clients())
      })
      await Promise.all(calls)
      // Four calls and the login; a process that is about to become another one is seen twice.
      assert.ok(most >= 1 && most <= 10, `there were ${most} processes`)
      assert.equal(sshd.logins(), 1)
    })

    it('takes more streams at once than one login may have', async (test) => {
      const sshd = await anSshd(test, engine.host)
      const client = clientOf(test, sshd)
      const container = await aSharedContainer(engine)
      const sessions = await Promise.all(
        Array.from({ length: 14 }, () =>
          client.containers.get(container.id).then((each) => each.spawn(['cat'])),
        ),
      )
      const texts = sessions.map(async ({ stdin, output }, index) => {
        stdin.end(`${index}`)
        return output.text()
      })
      assert.deepEqual(
        await Promise.all(texts),
        sessions.map((_, index) => `${index}`),
      )
    })

    it('has a login for each connection when it may not share one, and still few of them', async (test) => {
      const sshd = await anSshd(test, engine.host)
      const client = clientOf(test, sshd, { multiplex: false })
      const begin = performance.now()
      await Promise.all(Array.from({ length: 20 }, () => client.version()))
      // A call that waits for an answer lets another one in after that long.
      const turns = 1 + Math.floor((performance.now() - begin) / TURN_MS)
      assert.ok(sshd.logins() <= 4 * turns, `there were ${sshd.logins()} logins`)
    })

    it('goes through a jump host of the config file', async (test) => {
      const sshd = await anSshd(test, engine.host)
      await using client = new DockerClient({ host: 'ssh://behind', ssh: { program: sshd.program } })
      assert.ok((await client.version()).Version)
      assert.equal(sshd.logins(), 2)
    })

    it('takes user, port and the path of a socket from the host, and options from the caller', async (test) => {
      const sshd = await anSshd(test, NO_ENGINE)
      const socket = engine.host.slice('unix://'.length)
      const host = `ssh://root@127.0.0.1:${sshd.port}${socket}`
      await using client = new DockerClient({ host, ssh: { options: sshd.login } })
      assert.ok((await client.version()).Version)
      assert.equal(client.address, host)
    })

    it('refuses a host whose key is not the known one, and says how to look', async (test) => {
      const sshd = await anSshd(test, engine.host)
      for (const host of ['ssh://changed', 'ssh://unknown']) {
        await using client = new DockerClient({ host, ssh: { program: sshd.program } })
        const error = await failureOf(client.ping())
        assert.ok(error instanceof ConnectionError)
        assert.match(error.message, /ssh ended with code 255: .*Host key verification failed/s)
        assert.match(error.hint ?? '', /check the key of (changed|unknown) with `ssh/)
      }
      assert.equal(sshd.logins(), 0)
    })

    it('D30: says what ssh said when nobody lets it in, without ever asking', async (test) => {
      const sshd = await anSshd(test, engine.host)
      for (const multiplex of [true, false]) {
        const client = clientOf(test, sshd, { multiplex, host: 'ssh://nobody@keyless' })
        const error = await soon(failureOf(client.ping()))
        assert.ok(error instanceof ConnectionError)
        assert.match(error.message, /Permission denied/)
        assert.match(error.hint ?? '', /without a password/)
      }
    })

    it('logs in with a key given as contents, in a private file that is gone after close', async (test) => {
      const sshd = await anSshd(test, engine.host)
      const folder = await aTemporaryFolder(test)
      const { key, locked } = await keysOf(test, sshd)
      for (const given of [{ key }, { key: Buffer.from(locked), passphrase: PASSPHRASE }]) {
        const client = clientOf(test, sshd, { host: WITHOUT_KEY, ...given })
        assert.ok((await client.version()).Version)
        const [own = ''] = await readdir(folder)
        for (const [path, mode] of Object.entries({ [own]: 0o700, [`${own}/key`]: 0o600 }))
          assert.equal((await stat(join(folder, path))).mode & 0o777, mode)
        await client.close()
        await until(async () => (await readdir(folder)).length === 0, 'the folder is gone')
      }
      assert.equal(sshd.logins(), 2)
    })

    it('says that a key or its passphrase is wrong, and leaves no file of it', async (test) => {
      const sshd = await anSshd(test, engine.host)
      const folder = await aTemporaryFolder(test)
      const { locked, stranger } = await keysOf(test, sshd)
      for (const given of [{ key: stranger }, { key: locked }, { key: locked, passphrase: 'wrong' }]) {
        const client = clientOf(test, sshd, { host: WITHOUT_KEY, ...given })
        const error = await soon(failureOf(client.ping()))
        assert.ok(error instanceof ConnectionError)
        assert.match(error.message, /Permission denied/)
        assert.match(error.hint ?? '', /accept ssh\.key .* needs ssh\.passphrase/)
        assert.doesNotMatch(inspect(error), /PRIVATE KEY/)
        await client.close()
        await until(async () => (await readdir(folder)).length === 0, 'the folder is gone')
      }
      assert.equal(sshd.logins(), 0)
    })

    it('says when there is no Engine over there, no docker over there, or no ssh here', async (test) => {
      const idle = await anSshd(test, `unix://${NOWHERE}/docker.sock`)
      assert.match(
        String(await failureOf(clientOf(test, idle).ping())),
        /docker\.sock.*no such file.*\(is the Docker Engine running over there\?\)/,
      )
      const bare = await anSshd(test, engine.host, { path: NOWHERE })
      const error = await failureOf(clientOf(test, bare).ping())
      assert.ok(error instanceof ConnectionError)
      assert.match(
        error.message,
        /ssh ended with code 127: .*docker.*is the docker command \(18\.09 or later\)/s,
      )
      await using client = new DockerClient({ host: 'ssh://box', ssh: { program: join(NOWHERE, 'ssh') } })
      assert.match(String(await failureOf(client.ping())), /could not be started.*is an ssh client installed/)
    })

    it('rejects what is on its way when the network is cut, and connects anew afterwards', async (test) => {
      const sshd = await anSshd(test, engine.host)
      const client = clientOf(test, sshd)
      const { id } = await aRunningContainer(test, engine, ['sh', '-c', 'echo one; exec sleep 600'])
      const container = client.containers.ref(id)
      const session = await container.spawn(['cat'])
      const lines = container.logs({ follow: true }).lines()
      const events = client.events({ since: '1h', filters: { container: id, event: 'start' } })
      // The first of each shows that it is on its way.
      assert.equal((await lines.next()).value?.line, 'one')
      assert.equal((await events.next()).value?.Action, 'start')
      const failures = [session.exit, lines.next(), events.next()].map((each) => failureOf(each))
      await sshd.cut()
      for (const failure of failures) {
        const error = await soon(failure)
        assert.ok(error instanceof Error)
        assert.match(String((error as NodeJS.ErrnoException).code), /^ERR_DOCKER_(CONNECTION|STREAM)/)
      }
      assert.ok((await client.version()).Version)
    })

    it('D34: a stream can be left, and its process ends', async (test) => {
      const sshd = await anSshd(test, engine.host)
      const client = clientOf(test, sshd, { multiplex: false })
      const container = await aRunningContainer(test, engine, ['sh', '-c', 'echo one; exec sleep 600'])
      const logs = (await client.containers.get(container.id)).logs({ follow: true })
      await until(async () => (await sshd.clients()) === 1, 'one process is left')
      for await (const { line } of logs.lines()) {
        assert.equal(line, 'one')
        break
      }
      await until(async () => (await sshd.clients()) <= 1, 'the process of the stream is gone')
    })

    it('leaves no process and no folder behind after close, and after an abort', async (test) => {
      const sshd = await anSshd(test, engine.host)
      const folder = await aTemporaryFolder(test)
      const client = clientOf(test, sshd)
      const abort = new AbortController()
      const waiting = failureOf(client.events({ ...QUIET, signal: abort.signal }).next())
      await client.ping()
      abort.abort(new Error('enough'))
      assert.equal(String(await waiting), 'Error: enough')
      await client.close()
      await until(async () => (await sshd.clients()) === 0, 'the processes are gone')
      await until(async () => (await readdir(folder)).length === 0, 'the folder is gone')
    })

    for (const end of ['SIGKILL', 'exit', 'by itself']) {
      it(`leaves no process behind when this one ends: ${end}`, async (test) => {
        const sshd = await anSshd(test, engine.host)
        const program = spawn(process.execPath, [PROGRAM, sshd.program, end], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        const exit = once(program, 'exit')
        await once(program.stdout, 'data')
        if (end === 'SIGKILL') {
          assert.ok((await sshd.clients()) >= 3)
          program.kill('SIGKILL')
        }
        await soon(exit)
        await until(async () => (await sshd.clients()) === 0, 'the processes are gone')
      })
    }
  })
})

/** The key that is let in, the same with a passphrase, and one that is not let in. */
async function keysOf(test: TestContext, sshd: TestSshd) {
  const folder = await mkdtemp('/tmp/dk-')
  test.after(() => rm(folder, { recursive: true }))
  const [locked, stranger] = [join(folder, 'locked'), join(folder, 'stranger')]
  await copyFile(sshd.key, locked)
  await run('ssh-keygen', ['-q', '-p', '-N', PASSPHRASE, '-f', locked])
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger])
  const read = (file: string) => readFile(file, 'utf8')
  return { key: await read(sshd.key), locked: await read(locked), stranger: await read(stranger) }
}

interface Settings extends NonNullable<ClientOptions['ssh']> {
  readonly host?: string
}

function clientOf(
  test: TestContext,
  { program }: TestSshd,
  { host = 'ssh://box', ...ssh }: Settings = {},
): DockerClient {
  const client = new DockerClient({ host, ssh: { program, ...ssh } })
  test.after(() => client.close())
  return client
}

function soon<T>(promise: Promise<T>): Promise<T> {
  return within(promise, PATIENCE_MS, () => 'it takes too long')
}

/** Where this process makes its temporary folders until the end of the test. */
async function aTemporaryFolder(test: TestContext): Promise<string> {
  const { TMPDIR: before } = process.env
  const folder = await mkdtemp(join(tmpdir(), 'dl-'))
  process.env.TMPDIR = folder
  test.after(async () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}
