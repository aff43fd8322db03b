import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import {
  type ClientOptions,
  ConnectionError,
  DockerClient,
  InvalidArgumentError,
  type SshOptions,
} from '#src/index.js'
import { ChildConnection } from '#src/transport/child-connection.js'
import { temporaryFolder } from '../support/archives.js'
import { failureOf } from '../support/failure.js'
import { outOfFiles } from '../support/out-of-files.js'
import { PATIENCE_MS } from '../support/patience.js'
import { writeProgram } from '../support/write-program.js'

const KEY = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** Stands in for ssh: notes its arguments, the key that it was given, and what it is answered, and fails. */
const SSH = `#!/bin/sh
{
  echo "arguments: $*"
  previous=
  for each; do [ "$previous" = -i ] && { echo "file: $each"; cat "$each"; }; previous=$each; done
  for question in "Enter passphrase for key:" "me@box's password:" "Are you sure (yes/no)?"; do
    [ -n "$SSH_ASKPASS" ] && echo "$question $("$SSH_ASKPASS" "$question" || echo none)"
  done
} > "$(dirname "$0")/noted"
echo "no way" >&2
exit 255
`

async function noted(ssh: SshOptions): Promise<{ text: string; client: DockerClient }> {
  const folder = await temporaryFolder()
  const program = join(folder, 'ssh')
  writeProgram(program, SSH)
  const client = new DockerClient({ host: 'ssh://me@box', ssh: { ...ssh, program, multiplex: false } })
  assert.match(String(await failureOf(client.info())), /no way/)
  return { text: await readFile(join(folder, 'noted'), 'utf8'), client }
}

describe('ssh on a machine without room for a private folder', { skip: process.platform === 'win32' }, () => {
  it(
    'makes a connection of its own for each call, and closes in order',
    inNoTemporaryFolder(async (folder) => {
      const program = join(folder, 'ssh')
      writeProgram(program, SSH)
      const client = new DockerClient({ host: 'ssh://me@box', ssh: { program } })
      assert.match(String(await failureOf(client.info())), /no way/)
      assert.doesNotMatch(await readFile(join(folder, 'noted'), 'utf8'), /ControlPath|ControlMaster/)
      await client.close()
    }),
  )

  it(
    'names the folder where a key needs it, and closes in order',
    inNoTemporaryFolder(async () => {
      const client = new DockerClient({ host: 'ssh://me@box', ssh: { key: KEY } })
      const error = await failureOf(client.info())
      assert.ok(error instanceof ConnectionError, String(error))
      assert.match(error.message, /ssh needs a private folder for its secrets: .*no-such-folder/)
      await client.close()
    }),
  )
})

describe('ssh of a process that may open no more files', { skip: process.platform === 'win32' }, () => {
  for (const multiplex of [true, false])
    it(`rejects, and starts anew with the next call, with multiplex: ${multiplex}`, async (test) => {
      const program = join(await temporaryFolder(), 'ssh')
      writeProgram(program, SSH)
      await using client = new DockerClient({ host: 'ssh://me@box', ssh: { program, multiplex } })
      const closeSome = outOfFiles(test)
      const error = await failureOf(client.info())
      assert.ok(error instanceof ConnectionError, String(error))
      assert.match(error.message, /ssh could not be started: spawn .*ssh EMFILE$/)
      closeSome()
      assert.match(String(await failureOf(client.info())), /no way/)
    })

  it('leaves no key behind where nothing could be started that removes it', async (test) => {
    const end = outOfFiles(test, (program) => program === '/bin/sh')
    const { text, client } = await noted({ key: KEY })
    end()
    const [, file = ''] = /^file: (.*)$/m.exec(text) ?? []
    await stat(file)
    await client.close()
    const isThere = () => stat(file).then(Boolean, () => false)
    for (let turn = 0; turn < 1000 && (await isThere()); turn++) await new Promise(setImmediate)
    assert.equal(await isThere(), false)
  })
})

describe('a connection by the pipes of a process', { skip: process.platform === 'win32' }, () => {
  it('gives the output of a process that has closed its input, and ends in order', async (test) => {
    const { child, connection, gate } = connect(test, 'exec <&-; echo answer; read line <&3')
    await once(connection, 'readable')
    connection.write('what nobody reads')
    await once(child.stdin, 'error')
    connection.end()
    gate.end('\n')
    await once(connection, 'finish')
    assert.equal(await text(connection), 'answer\n')
  })

  it('gives the output of a process that has ended in order before its input did', async (test) => {
    const { child, connection } = connect(test, 'echo answer')
    await once(child, 'exit')
    connection.end()
    await once(connection, 'finish')
    assert.equal(await text(connection), 'answer\n')
  })

  it('fails with the reason of a process that has failed before its input ended', async (test) => {
    const { child, connection } = connect(test, 'exit 3')
    await once(child, 'exit')
    connection.end()
    await assert.rejects(once(connection, 'finish'), { message: 'it ended with 3' })
  })
})

/** A connection by a shell with this script, and what opens when its file 3 ends. */
function connect(test: TestContext, script: string) {
  // Nothing else keeps the process of a test alive.
  const timer = setTimeout(() => {}, PATIENCE_MS)
  test.after(() => clearTimeout(timer))
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] })
  const streams = child as ChildProcessWithoutNullStreams
  const connection = new ChildConnection(streams, ({ code }) => new Error(`it ended with ${code}`))
  return { child: streams, connection, gate: child.stdio[3] as Writable }
}

/** Runs a test with a temporary folder of the system that does not exist, and a folder that does. */
function inNoTemporaryFolder(body: (folder: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = await temporaryFolder()
    const { TMPDIR } = process.env
    process.env.TMPDIR = join(folder, 'no-such-folder')
    try {
      await body(folder)
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
    }
  }
}

describe('keys and secrets for ssh', { skip: process.platform === 'win32' }, () => {
  it('are a private file and answers to its questions, not arguments, and gone when the client is closed', async () => {
    const secrets = { key: KEY.trimEnd(), passphrase: "it's $ecret", password: 'pass word' }
    const { text, client } = await noted(secrets)
    const [, file = ''] = /^file: (.*)$/m.exec(text) ?? []
    assert.ok(text.includes(KEY), 'the key ends as ssh wants it')
    assert.match(text, /Enter passphrase for key: it's \$ecret\n/)
    assert.match(text, /password: pass word\n/)
    assert.match(text, /\(yes\/no\)\? none\n/)
    const [, args = ''] = /^arguments: (.*)$/m.exec(text) ?? []
    for (const secret of ['$ecret', 'pass word', 'PRIVATE']) assert.ok(!args.includes(secret))
    assert.match(args, /IdentitiesOnly=yes .*NumberOfPasswordPrompts=1/)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await stat(dirname(file))).mode & 0o777, 0o700)
    await client.close()
    while (await stat(file).catch(() => undefined)) await new Promise(setImmediate)
  })

  it('leave nobody to be asked where there is no secret', async () => {
    const { text, client } = await noted({ key: Buffer.from(KEY) })
    assert.match(text, /BatchMode=yes/)
    assert.doesNotMatch(text, /passphrase/)
    await client.close()
  })

  for (const [ssh, words] of [
    [{ key: '/home/me/.ssh/id_ed25519' }, /^ssh\.key must be a private key itself/],
    [{ passphrase: 'x' }, /^ssh\.passphrase was given without ssh\.key/],
    [{ password: 'a\nb' }, /^ssh\.password must be a string of one line/],
    [{ password: 5 }, /^ssh\.password must be a string of one line/],
  ] as const) {
    it(`are refused without being shown: ${Object.keys(ssh)}`, () => {
      const options = { host: 'ssh://box', ssh } as unknown as ClientOptions
      assert.throws(
        () => new DockerClient(options),
        (error) => error instanceof InvalidArgumentError && words.test(error.message),
      )
    })
  }
})
