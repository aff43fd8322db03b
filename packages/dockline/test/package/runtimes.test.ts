import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { IMAGE, LABEL, onEveryEngine } from '../support/engines.js'

const run = promisify(execFile)
const PROGRAM = fileURLToPath(new URL('../support/runtime-program.js', import.meta.url))

const RUNTIMES = [
  { name: 'Node', command: process.execPath, args: [] },
  { name: 'Bun', command: process.env.DOCKLINE_BUN, args: [] },
  { name: 'Deno', command: process.env.DOCKLINE_DENO, args: ['run', '-A'] },
]

onEveryEngine((engine) => {
  for (const { name, command, args } of RUNTIMES) {
    const skip = command ? false : `${name} is not here`
    it(`works on ${name}, and lets it end by itself`, { skip }, async () => {
      const { stdout } = await run(command ?? '', [...args, PROGRAM, engine.host, IMAGE, LABEL], {
        timeout: 60_000,
      })
      assert.deepEqual(JSON.parse(stdout), {
        ran: '12',
        exitCode: 42,
        stdout: 'in',
        stderr: 'err\n',
        lines: ['one'],
        ended: 7,
        aborted: 'TimeoutError',
        missing: 'ERR_DOCKER_NOT_FOUND',
      })
    })
  }
})
