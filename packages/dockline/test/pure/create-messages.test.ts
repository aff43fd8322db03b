import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRequest } from '#src/models/options/index.js'

/** Options that cannot be right, and what the error says of them: every form that would do. */
const ROWS: readonly (readonly [object, string | RegExp])[] = [
  [
    { healthcheck: { test: ['curl'] } },
    "healthcheck.test must be a string, or begin with 'CMD', 'CMD-SHELL' or 'NONE', not with 'curl'",
  ],
  [
    { healthcheck: { test: ['curl -u a:s3cret'] } },
    /^healthcheck.test must be a string, .*, not with '\*{3}'$/,
  ],
  [{ healthcheck: { test: 5 } }, 'healthcheck.test must be a string or an array of strings, not a number'],
  [{ env: 'A=1' }, 'env must be an object or an array of strings, not a string'],
  [{ tmpfs: '/run' }, 'tmpfs must be an object or an array of strings, not a string'],
  [{ links: 'a:b' }, 'links must be an object or an array of strings, not a string'],
  [{ extraHosts: 'a:10.0.0.1' }, 'extraHosts must be an object or an array of strings, not a string'],
  [{ volumes: '/a:/b' }, 'volumes must be an object or an array of strings, not a string'],
  [{ volumes: [['a', 'b']] }, 'volumes[0] must be a string, not an array of 2'],
  [{ volumes: { a: 5 } }, "volumes['a'] must be a string such as '/data' or an object, not a number"],
  [{ restart: 5 }, "restart must be a string such as 'on-failure:3' or an object, not a number"],
  [{ devices: [5] }, "devices[0] must be a string such as '/dev/fuse' or an object, not a number"],
  [{ ulimits: [undefined] }, "ulimits[0] must be a string such as 'nofile=1024' or an object, not undefined"],
  [{ volumes: { a: { target: '/b' } } }, "unknown option 'target' of volumes['a']: it is called bind here"],
  [{ mounts: [{ src: 'a' }] }, "unknown option 'src' of mounts[0]: it is called source here"],
  [{ mounts: [{ dst: '/a' }] }, "unknown option 'dst' of mounts[0]: it is called target here"],
  [
    { restart: { name: 'always', retries: 3 } },
    "unknown option 'retries' of restart: it is called maximumRetryCount here",
  ],
]

describe('an option of a container that cannot be right', () => {
  for (const [options, message] of ROWS) {
    it(`is refused in ${JSON.stringify(options)}, with the forms that would do`, () => {
      assert.throws(() => createRequest('alpine', undefined, options), {
        name: 'InvalidArgumentError',
        message,
      })
    })
  }
})
