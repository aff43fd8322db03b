import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Call, FakeEngine, json } from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'
import { RUNTIMES } from '../support/runtimes.js'

const run = promisify(execFile)
const PROGRAM = fileURLToPath(new URL('../support/giving-up-program.js', import.meta.url))

/** Takes the whole request and never answers. */
const keepWaiting = (call: Call) => call.takeOver().closed

const FAILED = 'Error: source failed'
const CLOSED = 'InvalidArgumentError: the source of the body was closed before its end'
const ENDS = {
  copyTo: ['PUT /containers/abc/archive', FAILED],
  'copyTo of what closes early': ['PUT /containers/abc/archive', CLOSED],
  'copyTo of what closes early, counted': ['PUT /containers/abc/archive', CLOSED],
  putArchive: ['PUT /containers/abc/archive', FAILED],
  load: ['POST /images/load', FAILED],
  import: ['POST /images/create', FAILED],
  build: ['POST /build', FAILED],
  plugin: ['POST /plugins/create', FAILED],
  aborted: ['POST /containers/abc/restart', 'Error: enough'],
  'timed out': [
    'POST /containers/abc/kill',
    'TimeoutError: POST /containers/abc/kill took longer than 100 ms',
  ],
} as const

describe('a call that is given up in the middle', () => {
  for (const { name, command, args } of RUNTIMES) {
    const skip = command ? false : `${name} is not here`
    it(`says why, and is not sent once more: on ${name}`, { skip, ...PATIENT }, async (test) => {
      const paths = Object.values(ENDS).map(([path]) => path)
      const engine = await FakeEngine.start(test, {
        ...Object.fromEntries(paths.map((path) => [path, keepWaiting])),
        'GET /images/json': json([]),
        // A copy into a container asks first where a tmpfs is.
        'GET /containers/abc/json': json({ Id: 'abc' }),
      })
      const { stdout } = await run(command ?? '', [...args, PROGRAM, engine.host])
      const said = Object.entries(ENDS).map(([call, [, end]]) => [call, end])
      assert.deepEqual(JSON.parse(stdout), Object.fromEntries(said))
      const asked = engine.requests.filter(
        ({ path }) => !['/_ping', '/images/json', '/containers/abc/json'].includes(path),
      )
      assert.deepEqual(
        asked.map(({ method, path }) => `${method} ${path}`),
        paths,
      )
    })
  }
})
