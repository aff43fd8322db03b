import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { InvalidArgumentError } from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { canStartEngines, onEveryEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { needPackages } from '../support/packages.js'

const run = promisify(execFile)
const KEYS = { ed25519: ['ed25519'], ecdsa: ['ecdsa', '-b', '384'], rsa: ['rsa'], pem: ['rsa', '-m', 'PEM'] }

onEveryEngine(({ client }) => {
  it('lets a step list the keys of an ssh agent and sign with them, and not change them', {
    skip: canStartEngines ? false : "OpenSSH's programs are copied from a Debian machine",
  }, async (test) => {
    await needPackages(['openssh-client'])
    const folder = await temporaryFolder()
    const names = Object.keys(KEYS)
    for (const [name, args] of Object.entries(KEYS)) await makeKey(join(folder, name), args)
    const agent = await anAgent(test, join(folder, 'agent'))
    await run('ssh-add', ['-q', join(folder, 'ed25519')], { env: { SSH_AUTH_SOCK: agent } })
    const ask = await copyWithLibraries('/usr/bin/ssh-add', folder)
    const publicKeys = names.map((name) => `/ssh/${name}.pub`).join(' ')
    const dockerfileContent = `FROM busybox
COPY . /ssh
WORKDIR /ssh
RUN --mount=type=ssh,id=agent ${ask} -L > /tmp/listed && cmp /tmp/listed ed25519.pub && ${ask} -T ed25519.pub && echo signed
RUN --mount=type=ssh,id=agent if ${ask} -D || ${ask} -x; then exit 1; fi; ${ask} -l | wc -l
RUN --mount=type=ssh,id=keys ${ask} -T ${publicKeys} && ${ask} -L | wc -l
`
    const { log } = await client.images.build({
      dockerfileContent,
      context: folder,
      noCache: true,
      ssh: { agent, keys: names.map((name) => join(folder, name)) },
      outputs: { type: 'none' },
      builder: 'buildkit',
    })
    assert.match(log, /^signed$/m)
    assert.deepEqual(log.match(/^\d+$/gm), ['1', '4'])
    const { stdout } = await run('ssh-add', ['-l'], { env: { SSH_AUTH_SOCK: agent } })
    assert.match(stdout, /ED25519/)
    await run('ssh-keygen', ['-q', '-p', '-N', 'word', '-f', join(folder, 'ecdsa')])
    const failure = await failureOf(
      client.images.build({ dockerfileContent, ssh: join(folder, 'ecdsa'), builder: 'buildkit' }),
    )
    assert.ok(failure instanceof InvalidArgumentError, String(failure))
    assert.match(failure.message, /^ssh: .*ecdsa cannot be used as a key: it is protected by a passphrase/)
  })
})

async function makeKey(file: string, [type = '', ...options]: readonly string[]): Promise<void> {
  await run('ssh-keygen', ['-q', '-t', type, ...options, '-N', '', '-C', 'test', '-f', file])
}

async function anAgent(test: TestContext, path: string): Promise<string> {
  const agent = spawn('ssh-agent', ['-D', '-a', path], { stdio: ['ignore', 'pipe', 'inherit'] })
  test.after(() => agent.kill())
  await once(agent.stdout, 'data')
  return path
}

/** Copies a program with what it is linked to, which busybox has not, and returns the words that run it there. */
async function copyWithLibraries(program: string, folder: string): Promise<string> {
  const { stdout } = await run('ldd', [program])
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path)
  for (const path of [program, ...libraries]) await copyFile(path, join(folder, basename(path)))
  const linker = libraries.find((path) => /\/ld-linux/.test(path)) ?? assert.fail(stdout)
  return `/ssh/${basename(linker)} --library-path /ssh /ssh/${basename(program)}`
}
