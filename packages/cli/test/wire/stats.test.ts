import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { Readable, Writable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { dockline } from '../../dist/program.js'
import { startDockline } from '../support/dockline.js'
import { NOWHERE } from '../support/nowhere.js'
import { aServer } from '../support/scripted-engine.js'

describe('stats of all containers', () => {
  it('have each container once that starts while the list is asked for', async (test) => {
    const engine = await anEngine(test)
    const { process: command, ended } = startDockline(engine.host, ['stats', '--format', '{{.Name}}'])
    let shown = ''
    command.stdout?.on('data', (text) => {
      shown += String(text)
      if (shown.includes('new')) engine.end()
    })
    const { exitCode, stderr } = await ended
    assert.deepEqual([exitCode, stderr], [0, ''])
    assert.match(shown, /(?:^|\n)(?:old\nnew|new\nold)\n$/)
  })

  it('leave a table out while the reader has not taken the one before', async (test) => {
    test.mock.timers.enable({ apis: ['setInterval'] })
    const engine = await anEngine(test)
    let table = ''
    const stdout = new Writable({ highWaterMark: 1, write: (text) => (table += text) })
    const words = ['-H', engine.host, '--config', NOWHERE, 'stats']
    const ended = dockline(words, { stdin: Readable.from([]), stdout, stderr: stdout })
    await engine.listed
    test.mock.timers.tick(3000)
    engine.end()
    assert.equal(await ended, 0)
    assert.match(table, /^CONTAINER ID/)
    assert.equal(stdout.writableLength, table.length)
  })

  it('end when there is no list', async (test) => {
    const engine = await anEngine(test, { refuses: true })
    const { exitCode, stderr } = await startDockline(engine.host, ['stats']).ended
    assert.equal(exitCode, 1)
    assert.match(stderr, /no list today/)
  })
})

/** An Engine with the container `old`, on which `new` starts when the list has been made. */
async function anEngine(test: TestContext, { refuses = false } = {}) {
  let events: ServerResponse | undefined
  let isListed = false
  let list: () => void
  const listed = new Promise<void>((resolve) => {
    list = resolve
  })
  const started = (name: string) =>
    events?.write(`${JSON.stringify({ Type: 'container', Action: 'start', Actor: actor(name) })}\n`)
  const answers: readonly (readonly [RegExp, (response: ServerResponse) => void])[] = [
    [
      /\/events/,
      (response) => {
        // A request after the list gets no events: the container has started by then.
        if (isListed) return void response.end()
        response.flushHeaders()
        events = response
      },
    ],
    [
      /\/containers\/json/,
      (response) => {
        isListed = true
        list()
        if (refuses) return void response.writeHead(500).end('{"message":"no list today"}')
        // That of a container in the list comes twice.
        started('old')
        response.end(JSON.stringify([{ Id: 'id-of-old', Names: ['/old'], State: 'running' }]))
        started('new')
      },
    ],
    [/\/stats/, (response) => response.flushHeaders()],
  ]
  const host = await aServer(test, ({ url = '' }, response) => {
    response.setHeader('Api-Version', '1.51').setHeader('Content-Type', 'application/json')
    const [, answer] = answers.find(([path]) => path.test(url)) ?? []
    if (answer === undefined) response.end('OK')
    else answer(response)
  })
  return { host, listed, end: () => events?.end() }
}

function actor(name: string) {
  return { ID: `id-of-${name}`, Attributes: { name } }
}
