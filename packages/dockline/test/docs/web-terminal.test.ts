import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onNewestEngine } from '../support/engines.js'
import { Browser } from '../support/web-terminal.js'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const OPTIONS = '--ignoreConfig --strict --skipLibCheck --module nodenext --target es2022 --types node'
/** Inside the workspace, so that the sample finds the packages as a user's program would. */
const HERE = fileURLToPath(new URL('..', import.meta.url))

onNewestEngine((engine) => {
  it('the web terminal of docs/terminal.md is a shell for each page, gone with it', async (test) => {
    const before = await containers()
    const port = await freePort()
    const server = await theSample(test, { DOCKER_HOST: engine.host, PORT: String(port) })
    const [one, other] = [await connected(port), await connected(port)]
    one.resize(91, 17)
    one.type('until [ "$(stty size)" = "17 91" ]; do sleep 0.1; done; echo it is $(stty size)\r')
    await one.sees(/it is 17 91\r\n/)
    one.type('exit 3\r')
    assert.deepEqual(await one.closed, [1000, ''])
    assert.deepEqual(one.texts, ['{"exit":{"exitCode":3,"detached":false}}'])
    await other.sees(/# /)
    other.socket.close()
    while ((await containers()).some((id) => !before.includes(id)));
    server.kill()
    await once(server, 'exit')
  })

  async function containers(): Promise<readonly string[]> {
    const all = await engine.client.containers.list({ all: true })
    // The sample calls its image so, and no test does.
    return all
      .filter(({ summary }) => summary?.Image === 'busybox' && summary.Command === 'sh')
      .map(({ id }) => id)
  }
})

/** The program as it stands there, compiled and running. */
async function theSample(test: TestContext, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const folder = await mkdtemp(join(HERE, 'web-terminal-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  const text = await readFile(join(ROOT, 'docs/terminal.md'), 'utf8')
  const code = /^## A terminal in a web page$[\s\S]*?^```ts[^\n]*\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? ''
  const file = join(folder, 'server.mts')
  await writeFile(file, code)
  await run(process.execPath, [TSC, ...OPTIONS.split(' '), '--lib', 'es2023,esnext.disposable', file])
  const server = spawn(process.execPath, [join(dirname(file), 'server.mjs')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  test.after(() => server.kill('SIGKILL'))
  return server
}

/** A page, as soon as the server is there. */
async function connected(port: number): Promise<Browser> {
  for (;;) {
    const browser = new Browser(`ws://127.0.0.1:${port}`)
    if (
      await browser.opened.then(
        () => true,
        () => false,
      )
    )
      return browser
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
