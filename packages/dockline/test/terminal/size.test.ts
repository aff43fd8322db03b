// The other side's terminal has the size of this one.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aContainer, aSharedContainer, onEveryEngine, type TestEngine } from '../support/engines.js'
import { executing, starting } from '../support/plans.js'
import { aProxy } from '../support/proxy.js'
import { KEY } from '../support/pty.js'
import { endsCleanly, isRaw, runProgram } from '../support/terminal.js'

const PROMPT = '/ #'
const WITH_TTY = { tty: true, interactive: true }
const RESIZE = /\/resize\?/

describe('the size of the terminal', { concurrency: 3 }, () => onEveryEngine(sizes))

function sizes(engine: TestEngine): void {
  it('is there for the very first command of an exec, and just after it before API 1.42', async (test) => {
    const container = await aSharedContainer(engine)
    const atOnce = await engine.client.api.speaks('1.42')
    const command = atOnce ? ['sh', '-c', 'echo "size is $(stty size)"'] : ['sh', '-c', untilSize('23 71')]
    const plan = executing(engine, container, command)
    const program = await runProgram(test, { ...plan, times: 5 }, { columns: 71, rows: 23 })
    await endsCleanly(program)
    assert.deepEqual(program.output.match(/size is [\d ]*\d/g), Array(5).fill('size is 23 71'))
  })

  it('is what LINES and COLUMNS say when the output goes elsewhere', async (test) => {
    const container = await aSharedContainer(engine)
    const command = ['sh', '-c', 'until [ "$(stty size 2>&1)" = "33 99" ]; do sleep 0.1; done; stty size']
    const line = 'COLUMNS=99 LINES=33 "$@" > "$PTY_NOTES/out"; cat "$PTY_NOTES/out"'
    const program = await runProgram(test, executing(engine, container, command, { tty: true }), { line })
    await endsCleanly(program)
    assert.equal(program.screen.lines()[0], '33 99')
  })

  it('is sent again while the container is not ready for it', async (test) => {
    let refusals = 3
    const proxy = await aProxy(test, engine.host, (request) =>
      isResize(request) && refusals-- > 0 ? 'refuse' : 'pass',
    )
    const container = await aContainer(test, engine, ['sh', '-c', untilSize('21 72')], WITH_TTY)
    const program = await runProgram(test, starting(proxy, container), { columns: 72, rows: 21 })
    await endsCleanly(program)
    assert.match(program.output, /size is 21 72/)
    assert.equal(proxy.requests.filter(isResize).length, 4)
  })

  it('may never arrive, and all else works', async (test) => {
    const proxy = await aProxy(test, engine.host, (request) => (isResize(request) ? 'refuse' : 'pass'))
    const container = await aContainer(test, engine, ['sh'], WITH_TTY)
    const program = await runProgram(test, starting(proxy, container))
    await program.screen.endsWith(PROMPT)
    program.resize(100, 40)
    await proxy.asked(/resize\?(h=40&w=100|w=100&h=40)/)
    program.type(`exit${KEY.enter}`)
    await endsCleanly(program)
  })

  it('does not keep the program from ending while it is on its way', async (test) => {
    const proxy = await aProxy(test, engine.host, (request) => (isResize(request) ? 'hold' : 'pass'))
    const container = await aContainer(test, engine, ['sh'], WITH_TTY)
    const program = await runProgram(test, starting(proxy, container))
    await program.screen.endsWith(PROMPT)
    await proxy.asked(RESIZE)
    program.type(`exit${KEY.enter}`)
    await endsCleanly(program)
  })

  it('is the last one after many changes, each sent after the one before', async (test) => {
    const proxy = await aProxy(test, engine.host)
    const container = await aSharedContainer(engine)
    const program = await runProgram(test, executing(proxy, container, ['sh', '-c', untilSize('60 160')]))
    await isRaw(program)
    for (let step = 1; step <= 40; step++) program.resize(120 + step, 20 + step)
    await endsCleanly(program)
    assert.match(program.output, /size is 60 160/)
    assert.match(proxy.requests.filter(isResize).at(-1) ?? '', /resize\?(h=60&w=160|w=160&h=60)/)
  })

  it('is not sent when the output goes to a file', async (test) => {
    const proxy = await aProxy(test, engine.host)
    const container = await aContainer(test, engine, ['true'], WITH_TTY)
    const program = await runProgram(test, starting(proxy, container), { line: '"$@" > "$PTY_NOTES/out"' })
    await endsCleanly(program)
    assert.deepEqual(proxy.requests.filter(isResize), [])
  })
}

function untilSize(size: string): string {
  return `until [ "$(stty size 2>&1)" = "${size}" ]; do sleep 0.1; done; echo size is $(stty size)`
}

function isResize(request: string): boolean {
  return RESIZE.test(request)
}
