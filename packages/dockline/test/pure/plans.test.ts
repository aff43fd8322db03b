import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readRun } from '#src/models/containers/run-options.js'
import { readExec, readSpawn } from '#src/models/sessions/exec-options.js'

describe('the plan of a run', () => {
  it('is frozen, and has all that the options decide', async () => {
    const options = { input: 'a', maxOutput: 5, kill: 'SIGTERM', remove: true, timeout: '1s' } as const
    const plan = await readRun('busybox', ['cat'], options)
    assert.ok(Object.isFrozen(plan) && !plan.detach)
    const { request, pull, call } = plan.create
    assert.deepEqual([request.body.Cmd, request.body.HostConfig?.AutoRemove], [['cat'], true])
    assert.deepEqual([pull, call.timeout], ['missing', '1s'])
    const { condition, untilExit, query } = plan.attach
    assert.deepEqual([condition, untilExit, query.stdin], ['removed', true, true])
    assert.deepEqual([plan.collecting, plan.reject], [{ encoding: 'utf8', maxOutput: 5 }, true])
    assert.deepEqual(plan.kill, { signal: 15, afterMs: 10_000 })
  })

  it('has an empty stdin without input, which is ended where the container has one open', async () => {
    for (const open of [
      { interactive: true },
      { config: { OpenStdin: true } },
      { interactive: true, tty: true },
    ]) {
      const plan = await readRun('busybox', ['cat'], open)
      assert.ok(!plan.detach)
      const { OpenStdin, StdinOnce } = plan.create.request.body
      assert.deepEqual([plan.input, plan.attach.query.stdin, OpenStdin, StdinOnce], ['', true, true, true])
    }
    for (const closed of [{}, { interactive: false }, { interactive: null }]) {
      const plan = await readRun('busybox', ['cat'], closed)
      assert.ok(!plan.detach)
      assert.deepEqual([plan.input, plan.attach.query.stdin], [undefined, false])
    }
    const input = 'a'
    const plan = await readRun('busybox', ['cat'], { interactive: true, input })
    assert.ok(!plan.detach && plan.input === input)
    const detached = await readRun('busybox', ['cat'], { interactive: true, detach: true })
    assert.equal(detached.create.request.body.OpenStdin, true)
  })

  it('attaches nothing when it is detached', async () => {
    const plan = await readRun('busybox', undefined, { detach: true })
    assert.deepEqual(Object.keys(plan).sort(), ['create', 'detach', 'image', 'remove'])
    assert.equal(plan.create.request.body.AttachStdout, undefined)
  })
})

describe('the plan of an exec', () => {
  it('has an empty stdin without input, and no end without kill', async () => {
    const plan = await readExec('echo "a b"', { user: 1000 })
    assert.ok(Object.isFrozen(plan) && !plan.detach)
    assert.deepEqual([plan.body.Cmd, plan.body.User], [['echo', 'a b'], '1000'])
    assert.deepEqual([plan.start.stdin, plan.start.hasOutput, plan.kill], [false, true, undefined])
  })

  it('has the size of the terminal beside the request', async () => {
    const size = { rows: 5, columns: 7 }
    const plan = await readSpawn('sh', { tty: true, size, kill: true })
    assert.deepEqual([plan.start.tty, plan.start.size, plan.body.ConsoleSize], [true, size, undefined])
    assert.deepEqual(plan.kill, { signal: 9, afterMs: 0 })
  })
})
