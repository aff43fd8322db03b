import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TaskLineDecoder } from '#src/models/swarm/log-lines.js'

const details = (task: string, more = '') =>
  `com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=${task}${more} `

function decodeAll(lines: readonly string[], timestamps = false) {
  const decoder = new TaskLineDecoder(timestamps)
  return lines.map((line) => decoder.decode({ source: 'stdout', line }))
}

test('a line has the ids of its task and node', () => {
  const [line] = decodeAll([`${details('t1')}hello, world=1 x`])
  const expected = {
    node: 'n1',
    service: 's1',
    task: 't1',
    attributes: {},
    timestamp: undefined,
    source: 'stdout',
  }
  assert.deepEqual(line, { ...expected, line: 'hello, world=1 x' })
})

test('an empty line is a line', () => {
  assert.equal(decodeAll([details('t1')])[0]?.line, '')
})

test('a line that looks as if it had a time keeps it, unless times were asked for', () => {
  const time = '2026-01-02T03:04:05.000000006Z'
  assert.equal(decodeAll([`${details('t1')}${time} x`])[0]?.line, `${time} x`)
  const [line] = decodeAll([`${time} ${details('t1')}x`], true)
  assert.deepEqual([line?.timestamp, line?.line], [time, 'x'])
})

test('what the log driver adds is told apart, and unescaped', () => {
  const [line] = decodeAll([`a.b=1%2C2,${details('t1', ',env=x+y%3D')}text`])
  assert.deepEqual(line?.attributes, { 'a.b': '1,2', env: 'x y=' })
  assert.deepEqual([line?.task, line?.line], ['t1', 'text'])
})

test('an attribute that is not well escaped stays as it is', () => {
  assert.deepEqual(decodeAll([`${details('t1', ',x=%zz')}text`])[0]?.attributes, { x: '%zz' })
})

test('the parts of a long line are joined, also when lines of other tasks come between them', () => {
  const lines = decodeAll([
    `${details('t1')}aaa${details('t2')}short`,
    `${details('t1')}bbb${details('t1')}ccc`,
    `${details('t1')}next`,
  ])
  assert.deepEqual(
    lines.map((line) => `${line?.task} ${line?.line}`),
    ['t2 short', 't1 aaabbbccc', 't1 next'],
  )
})

test('the parts of a long line are joined when each has a time', () => {
  const time = '2026-01-02T03:04:05.000000006Z'
  const [line] = decodeAll([`${time} ${details('t1')}aaa${time} ${details('t1')}bbb`], true)
  assert.equal(line?.line, 'aaabbb')
})

test('a part that was cut off goes to the task before it', () => {
  const [, rest] = decodeAll([`${details('t1')}begin`, 'the rest'])
  assert.deepEqual([rest?.task, rest?.line], ['t1', 'the rest'])
})

test('parts of stdout and stderr are not joined', () => {
  const decoder = new TaskLineDecoder(false)
  decoder.decode({ source: 'stdout', line: `${details('t1')}out${details('t2')}x` })
  assert.equal(decoder.decode({ source: 'stderr', line: `${details('t1')}err` })?.line, 'err')
  assert.equal(decoder.decode({ source: 'stdout', line: `${details('t1')}put` })?.line, 'output')
})
