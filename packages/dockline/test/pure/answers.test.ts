import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readerOf } from '#src/api/answers.js'
import { ProtocolError } from '#src/index.js'

describe('an answer becomes what its type says', () => {
  const rows: readonly (readonly [
    what: string,
    name: Parameters<typeof readerOf>[0],
    answer: unknown,
    read: unknown,
  ])[] = [
    ['nothing for a list', 'ContainerSummary[]', null, []],
    ['nothing for an object', 'SystemInfo', null, {}],
    ['an id of nothing', 'IDResponse', { Id: null }, { Id: '' }],
    ['nothing where the type has it', 'ExecInspectResponse', { ExitCode: null }, { ExitCode: null }],
    ['nothing where it does not', 'ContainerSummary', { Names: null, Id: 'a' }, { Id: 'a' }],
    ['nothing in a list of texts', 'ContainerTopResponse', { Titles: [null] }, { Titles: [''] }],
    ['nothing in a map of texts', 'ContainerSummary', { Labels: { a: null } }, { Labels: { a: '' } }],
    [
      'ports that nobody published',
      'ContainerInspectResponse',
      { NetworkSettings: { Ports: { '80/tcp': null } } },
      { NetworkSettings: { Ports: { '80/tcp': null } } },
    ],
    ['what nobody described', 'SystemInfo', { Own: null, Name: 'a' }, { Own: null, Name: 'a' }],
    [
      'an odd field of an item',
      'ContainerInspectResponse',
      { Mounts: [{ RW: 'yes', Name: 'a' }, 5, null] },
      { Mounts: [{ Name: 'a' }, {}] },
    ],
  ]
  for (const [what, name, answer, read] of rows) {
    it(`also ${what}`, () => assert.deepEqual(readerOf(name)(structuredClone(answer), 'GET /x'), read))
  }

  it('with what is always there', () => {
    const [image] = readerOf('ImageSummary[]')([{ Id: 'a' }], 'GET /images/json')
    assert.deepEqual(image, {
      ...{ Id: 'a', ParentId: '', RepoTags: [], RepoDigests: [], Created: 0, Size: 0, SharedSize: 0 },
      ...{ Labels: null, Containers: 0 },
    })
  })
})

describe('an answer of another kind', () => {
  const rows: readonly (readonly [name: Parameters<typeof readerOf>[0], answer: unknown, words: string])[] = [
    ['ContainerSummary[]', {}, 'an object where a list belongs'],
    ['ContainerSummary[]', [5, 'a'], 'a number in [0] where an object belongs'],
    ['SystemInfo', [], 'a list where an object belongs'],
    ['SystemInfo', { NCPU: '2' }, 'a string in NCPU where a number belongs'],
    [
      'SystemInfo',
      { Swarm: { Cluster: { Spec: 5 } } },
      'a number in Swarm.Cluster.Spec where an object belongs',
    ],
    ['SystemInfo', { DriverStatus: [['a', {}]] }, 'an object in DriverStatus[0][1] where a string belongs'],
    [
      'ContainerInspectResponse',
      { Config: { Labels: { a: 1 } } },
      'a number in Config.Labels.a where a string belongs',
    ],
    ['string', {}, 'an object where a string belongs'],
  ]
  for (const [name, answer, words] of rows) {
    it(`is told: ${words}`, () => {
      assert.throws(
        () => readerOf(name)(answer, 'GET /x'),
        (error: Error) => {
          assert.ok(error instanceof ProtocolError)
          assert.equal(error.message, `GET /x answered with ${words}`)
          return true
        },
      )
    })
  }

  it('is left out of what happens, where each tells of something else', () => {
    const event = { Type: 5, Action: 'start', Actor: { Attributes: { a: 1, b: 'c' } } }
    const read = readerOf('EventMessage', { lenient: true })(event, 'GET /events')
    assert.deepEqual(read, { Action: 'start', Actor: { Attributes: { b: 'c' } } })
  })
})
