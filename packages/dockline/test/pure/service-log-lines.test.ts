import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StreamError } from '#src/index.js'
import { TaskLines } from '#src/models/swarm/log-lines.js'
import { everyCut } from '../support/every-cut.js'
import { frame } from '../support/fake-engine.js'

const at = (second: number) => `2026-01-02T03:04:0${second}.000000006Z`
const idsOf = (task: string, service = 's1', node = 'n1') =>
  `com.docker.swarm.node.id=${node},com.docker.swarm.service.id=${service},com.docker.swarm.task.id=${task}`

interface About {
  readonly source?: number
  readonly second?: number
  readonly details?: string
}

/** A message as the Engine writes it: the time, the details, the text. */
function message(task: string, text: string, { source = 1, second = 5, details = idsOf(task) }: About = {}) {
  return frame(source, `${at(second)} ${details} ${text}`)
}

function linesIn(...parts: readonly Buffer[]) {
  const lines = new TaskLines()
  return [...parts.flatMap((part) => lines.in(part)), ...lines.end()]
}

const briefly = (...parts: readonly Buffer[]) =>
  linesIn(...parts).map(({ source, ids, line }) => `${source} ${ids.task} ${line}`)

test('a line has the ids of its task, and its time', () => {
  assert.deepEqual(linesIn(message('t1', 'hello, world=1 x\n')), [
    {
      source: 'stdout',
      line: 'hello, world=1 x',
      timestamp: at(5),
      time: new Date('2026-01-02T03:04:05.000Z'),
      ids: { node: 'n1', service: 's1', task: 't1' },
      attributes: {},
    },
  ])
})

test('an empty line is a line, and a last line needs no end', () => {
  assert.deepEqual(briefly(message('t1', '\n'), message('t2', 'last')), ['stdout t1 ', 'stdout t2 last'])
})

test('the ids that a container writes itself are its text, wherever they stand', () => {
  const forged = [
    `asked for ${idsOf('t9', 's9', 'n9')} rest`,
    `${idsOf('t9', 's9', 'n9')} rest`,
    `${at(5)} ${idsOf('t9', 's9', 'n9')} rest`,
    `k=v,${idsOf('t9', 's9', 'n9')} rest`,
    `${'a'.repeat(16_384)}${at(5)} ${idsOf('t1')} rest`,
  ]
  for (const text of forged) {
    assert.deepEqual(briefly(message('t1', `${text}\n`), message('t1', 'next\n')), [
      `stdout t1 ${text}`,
      'stdout t1 next',
    ])
  }
})

test('what the log driver adds is told apart, and unescaped', () => {
  const details = `a.b=1%2C2,${idsOf('t1')},env=x+y%3D,odd=%zz`
  const [line] = linesIn(message('t1', 'text\n', { details }))
  assert.deepEqual([line?.attributes, line?.line], [{ 'a.b': '1,2', env: 'x y=', odd: '%zz' }, 'text'])
})

test('the messages of a long line are joined, also when lines of other tasks come between them', () => {
  assert.deepEqual(
    briefly(
      message('t1', 'aaa'),
      message('t2', 'short\n'),
      message('t1', 'bbb'),
      message('t1', 'ccc\n'),
      message('t1', 'next\n', { second: 6 }),
    ),
    ['stdout t2 short', 'stdout t1 aaabbbccc', 'stdout t1 next'],
  )
})

test('messages of another time are of another line, as after a last piece without an end', () => {
  assert.deepEqual(briefly(message('t1', 'long'), message('t1', 'next\n', { second: 6 })), [
    'stdout t1 long',
    'stdout t1 next',
  ])
})

test('those of stdout and stderr are not joined', () => {
  assert.deepEqual(
    briefly(message('t1', 'out'), message('t1', 'err\n', { source: 2 }), message('t1', 'put\n')),
    ['stderr t1 err', 'stdout t1 output'],
  )
})

test('the lines are right for any cut of the bytes', () => {
  const bytes = Buffer.concat([message('t1', 'ä'), message('t2', 'ß\n', { source: 2 }), message('t1', 'é\n')])
  for (const parts of everyCut(bytes)) assert.deepEqual(briefly(...parts), ['stderr t2 ß', 'stdout t1 äé'])
})

test('a log that ends in the middle of a message is not complete', () => {
  assert.throws(() => linesIn(message('t1', 'text\n').subarray(0, -1)), StreamError)
})
