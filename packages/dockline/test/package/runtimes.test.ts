import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DockerClient } from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { canStartEngines, IMAGE, LABEL, onEveryEngine, onNewestUnlessAsked } from '../support/engines.js'
import { PATIENT } from '../support/patience.js'
import { BUILDING_RUNTIMES, RUNTIMES } from '../support/runtimes.js'
import { partsOf, reapersOf, startScope, untilEnded } from '../support/scopes.js'
import { anSshd } from '../support/sshd.js'
import { theTlsEngine } from '../support/tls-engine.js'

const run = promisify(execFile)
const BUILD_PROGRAM = fileURLToPath(new URL('../support/runtime-build-program.js', import.meta.url))
const IDENTITY_PROGRAM = fileURLToPath(new URL('../support/runtime-identity-program.js', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../support/runtime-program.js', import.meta.url))

onEveryEngine((engine) => {
  for (const { name, command, args } of RUNTIMES) {
    const skip = command ? false : `${name} is not here`
    it(`works on ${name}, and lets it end by itself`, { skip }, async () => {
      assert.deepEqual(await outcome([command ?? '', ...args], { DOCKER_HOST: engine.host }), EXPECTED)
    })
  }
})

/** What is sent, and comes back. */
const BUILD_MEGABYTES = process.env.DOCKLINE_TEST_EVERY ? 300 : 20

// Which BuildKit it is hardly matters to how a runtime speaks HTTP/2.
onNewestUnlessAsked((engine) => {
  for (const { name, command, args } of BUILDING_RUNTIMES) {
    const skip = command ? false : `${name} is not here`
    it(`builds ${BUILD_MEGABYTES} MB with BuildKit on ${name}`, { skip }, async () => {
      assert.deepEqual(await built([command ?? '', ...args], { host: engine.host }), BUILT)
    })
  }
})

const BUILT = { builder: 'buildkit', size: '4', isSame: true, exitCode: 9, refusesNames: true }

/** What a build in a runtime has come to. */
async function built(
  [command = '', ...args]: readonly string[],
  { host, megabytes = BUILD_MEGABYTES, env }: Building,
): Promise<unknown> {
  const unnamable = await temporaryFolder()
  await writeFile(Buffer.concat([Buffer.from(`${unnamable}/bad`), Buffer.from([0xff])]), '')
  const program = [...args, BUILD_PROGRAM, host, unnamable, String(megabytes)]
  const { stdout } = await run(command, program, { ...PATIENT, env: { ...process.env, ...env } })
  return JSON.parse(stdout)
}

interface Building {
  readonly host: string
  readonly megabytes?: number
  readonly env?: Record<string, string>
}

const skipEngines = canStartEngines ? false : 'the throwaway Engines need Linux and root'

it('every runtime speaks TLS and ssh', { skip: skipEngines }, async (test) => {
  const { socket, host, certificates } = await theTlsEngine('sid')
  const sshd = await anSshd(test, socket)
  const encrypted = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates.client }
  const ways = { TLS: encrypted, ssh: { DOCKER_HOST: 'ssh://box', PATH: `${sshd.path}:${process.env.PATH}` } }
  const client = new DockerClient({ host: socket })
  test.after(() => client.close())
  for (const { name, command, args } of RUNTIMES) {
    const skip = command ? false : `${name} is not here`
    await test.test(`${name} asks checkServerIdentity`, { skip }, async () => {
      const program = [...args, IDENTITY_PROGRAM, host, certificates.client]
      const { stdout } = await run(command ?? '', program, PATIENT)
      assert.deepEqual(JSON.parse(stdout), IDENTITY)
    })
    await test.test(`${name} builds with BuildKit over TLS`, { skip }, async () => {
      assert.deepEqual(await built([command ?? '', ...args], { host, megabytes: 4, env: encrypted }), BUILT)
    })
    for (const [way, env] of Object.entries(ways)) {
      await test.test(`${name} over ${way}`, { skip }, async () => {
        assert.deepEqual(await outcome([command ?? '', ...args], env), EXPECTED)
      })
      if (REAPED[name] !== way && name !== 'Node') continue
      await test.test(`the scope of a killed ${name} is gone, over ${way}`, { skip }, async (subtest) => {
        const program = { command: [command ?? '', ...args], env }
        const { child, scope, full } = await startScope(subtest, client, program)
        await full
        assert.equal((await partsOf(client, scope)).length, 2)
        const reapers = reapersOf(child.pid)
        assert.equal(reapers.length, 1)
        child.kill('SIGKILL')
        await untilEnded(reapers)
        assert.deepEqual(await partsOf(client, scope), [])
      })
    }
  }
})

/** The way on which the reaper of a runtime is tried. Node's is tried on both. */
const REAPED: Readonly<Record<string, string>> = { Bun: 'TLS', Deno: 'ssh' }

const IDENTITY = { asked: ['127.0.0.1', 'localhost'], name: 'TlsError', cause: 'another fingerprint' }

const EXPECTED = {
  ran: '12',
  exitCode: 42,
  stdout: 'in',
  stderr: 'err\n',
  lines: ['one'],
  ended: 7,
  aborted: 'TimeoutError',
  missing: 'ERR_DOCKER_NOT_FOUND',
}

async function outcome(
  [command = '', ...args]: readonly string[],
  env: Record<string, string>,
): Promise<unknown> {
  const { stdout } = await run(command, [...args, PROGRAM, env.DOCKER_HOST ?? '', IMAGE, LABEL], {
    ...PATIENT,
    env: { ...process.env, ...env },
  })
  return JSON.parse(stdout)
}
