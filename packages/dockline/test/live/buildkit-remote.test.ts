import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { BuildError } from '#src/index.js'
import { tarOf, temporaryFolder, writeFiles } from '../support/archives.js'
import { onEveryEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { needPackages } from '../support/packages.js'
import { PATIENT } from '../support/patience.js'
import { enginePid } from '../support/registry.js'

const run = promisify(execFile)
const BUILDKIT = { builder: 'buildkit', noCache: true, outputs: { type: 'none' } } as const

/** Serves the files of a folder on a port that it prints. */
const SERVER = `
const { createServer } = require('node:http')
const { readFileSync } = require('node:fs')
createServer(({ url }, response) => response.end(readFileSync(process.argv[1] + url)))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port) })
`

onEveryEngine(({ client, host }) => {
  it('takes its context, or its Dockerfile alone, from a web server', PATIENT, async (test) => {
    const pid = await enginePid(host)
    // The Engine is somebody else's, and a server in its network cannot be made.
    if (pid === undefined) return
    const folder = await temporaryFolder()
    const dockerfile = 'FROM busybox\nCOPY a /\nRUN cat /a\n'
    await writeFile(
      join(folder, 'tar'),
      await tarOf([
        { name: 'Dockerfile', body: dockerfile },
        { name: 'a', body: 'in the tar' },
      ]),
    )
    await writeFile(join(folder, 'Dockerfile'), 'FROM busybox\nRUN echo from a URL\n')
    const port = await lineOf(test, pid, [process.execPath, '-e', SERVER, folder])
    const url = (name: string) => `http://127.0.0.1:${port}/${name}`
    assert.equal((await client.images.build({ context: url('tar'), ...BUILDKIT })).log, 'in the tar')
    assert.equal((await client.images.build({ context: url('Dockerfile'), ...BUILDKIT })).log, 'from a URL\n')
  })

  it('takes its context from a git repository, by its branch', PATIENT, async (test) => {
    const pid = await enginePid(host)
    if (pid === undefined) return
    await needPackages(['git'])
    const folder = await temporaryFolder()
    await writeFiles(join(folder, 'repo'), {
      Dockerfile: 'FROM busybox\nCOPY a /\nRUN cat /a\n',
      a: 'in git',
    })
    const git = (...args: string[]) =>
      run('git', ['-C', join(folder, 'repo'), '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args])
    await git('init', '-q', '-b', 'other')
    await git('add', '.')
    await git('commit', '-q', '-m', 'first')
    const port = 20_000 + Math.floor(Math.random() * 40_000)
    // By itself, because `git daemon` only starts it, and would leave it behind.
    const daemon = join((await run('git', ['--exec-path'])).stdout.trim(), 'git-daemon')
    const options = [
      '--verbose',
      `--base-path=${folder}`,
      '--export-all',
      '--listen=127.0.0.1',
      `--port=${port}`,
    ]
    await lineOf(test, pid, [daemon, ...options])
    const context = `git://127.0.0.1:${port}/repo#other`
    const building = client.images.build({ context, ...BUILDKIT })
    // The Engine runs git, and the root file system of the newer one has none.
    if (await client.api.speaks('1.43')) {
      const failure = await failureOf(building)
      assert.ok(failure instanceof BuildError, String(failure))
      assert.match(failure.explanation, /exec: "git": executable file not found/)
      assert.match(failure.hint ?? '', /the Engine runs git/)
    } else assert.match((await building).log, /in git$/)
  })
})

/** Runs a server in the network of an Engine until the test is over, and returns the first line that it writes. */
async function lineOf(test: TestContext, pid: number, command: readonly string[]): Promise<string> {
  const enter = ['--pdeathsig', 'KILL', 'nsenter', '--net', '--target', String(pid)]
  const server = spawn('setpriv', [...enter, ...command], { stdio: ['ignore', 'pipe', 'pipe'] })
  test.after(() => server.kill('SIGKILL'))
  const lines = [server.stdout, server.stderr].map((input) => once(createInterface({ input }), 'line'))
  const [line] = await Promise.race(lines)
  return String(line)
}
