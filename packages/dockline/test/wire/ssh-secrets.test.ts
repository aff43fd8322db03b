import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import {
  type ClientOptions,
  ConnectionError,
  DockerClient,
  InvalidArgumentError,
  type SshOptions,
} from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { failureOf } from '../support/failure.js'
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
