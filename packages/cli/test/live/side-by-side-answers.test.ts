// What docker makes of an answer in which something is null, and Dockline beside it. No Engine answers so on purpose.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Answers,
  anAnsweringEngine,
  eachWithNull,
  type Place,
  placesIn,
  Raw,
  withNull,
} from '../support/answering-engine.js'
import { docker, dockline } from '../support/dockline.js'
import { aFolder } from '../support/scripted-engine.js'
import { withoutDocker } from '../support/tools.js'

const ID = 'c0ffee00'.repeat(8)
const IMAGE_ID = `sha256:${'ab'.repeat(32)}`
/** Days ago, so that no second counts. */
const CREATED = 1_600_000_000
const MOMENT = '2020-09-13T12:26:40.123456789Z'

const CONTAINER = {
  Id: ID,
  Names: ['/web'],
  Image: 'busybox',
  ImageID: IMAGE_ID,
  Command: 'sleep 100',
  Created: CREATED,
  Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 32772, Type: 'tcp' }],
  SizeRw: 5,
  SizeRootFs: 1_984_243,
  Labels: { k: 'v' },
  State: 'running',
  Status: 'Up 2 hours',
  HostConfig: { NetworkMode: 'bridge' },
  NetworkSettings: { Networks: { bridge: { IPAMConfig: null, MacAddress: '02:ad:4d:1e:77:62' } } },
  Mounts: [{ Type: 'volume', Name: 'data', Source: '', Destination: '/vol', Driver: 'local', RW: true }],
}
const IMAGE = {
  Containers: 1,
  Created: CREATED,
  Id: IMAGE_ID,
  Labels: { k: 'v' },
  ParentId: '',
  RepoDigests: [],
  RepoTags: ['busybox:latest'],
  SharedSize: 3,
  Size: 1_984_243,
}
const VOLUME = {
  CreatedAt: MOMENT,
  Driver: 'local',
  Labels: { a: 'b' },
  Mountpoint: '/v',
  Name: 'data',
  Options: null,
  Scope: 'local',
  UsageData: { RefCount: 1, Size: 5 },
}
const NETWORK = {
  Name: 'net',
  Id: ID,
  Created: MOMENT,
  Scope: 'local',
  Driver: 'bridge',
  EnableIPv4: true,
  EnableIPv6: false,
  IPAM: { Driver: 'default', Options: {}, Config: [{ Subnet: '172.18.0.0/16' }] },
  Internal: false,
  Options: {},
  Labels: { a: 'b' },
}
const CACHE = {
  ID: 'x1',
  Parents: ['y1'],
  Type: 'regular',
  Description: 'd',
  InUse: true,
  Shared: false,
  Size: 5,
  CreatedAt: MOMENT,
  LastUsedAt: MOMENT,
  UsageCount: 1,
}
const STEP = { Id: IMAGE_ID, Created: CREATED, CreatedBy: 'sh -c true', Tags: ['a:1'], Size: 5, Comment: 'c' }
const FOUND = { name: 'a', description: 'd', star_count: 1, is_official: true, is_automated: true }
const EVENT = {
  Type: 'container',
  Action: 'start',
  Actor: { ID, Attributes: { image: 'busybox', name: 'web' } },
  scope: 'local',
  time: CREATED,
  timeNano: CREATED * 1e9,
}

/** Here docker ends with a stack trace of Go's. */
const NAMES_OF_NOTHING = ['Names.0']

interface Look {
  readonly words: readonly string[]
  readonly answers: Answers
}

const JSON_LINES = ['--format', '{{json .}}']
const ROWS: readonly Look[] = [
  {
    words: ['ps', '-a', '--no-trunc'],
    answers: { '/containers/json': eachWithNull(CONTAINER, NAMES_OF_NOTHING) },
  },
  {
    words: ['ps', '-as', ...JSON_LINES],
    answers: { '/containers/json': eachWithNull(CONTAINER, NAMES_OF_NOTHING) },
  },
  { words: ['ps', '-a'], answers: { '/containers/json': null } },
  { words: ['ps', '-aq'], answers: { '/containers/json': [null, CONTAINER] } },
  { words: ['images', '--digests'], answers: { '/images/json': eachWithNull(IMAGE) } },
  { words: ['images', ...JSON_LINES], answers: { '/images/json': eachWithNull(IMAGE) } },
  { words: ['images'], answers: { '/images/json': null } },
  { words: ['network', 'ls'], answers: { '/networks': eachWithNull(NETWORK) } },
  { words: ['network', 'ls', ...JSON_LINES], answers: { '/networks': eachWithNull(NETWORK) } },
  { words: ['network', 'ls'], answers: { '/networks': null } },
  { words: ['volume', 'ls'], answers: { '/volumes': { Volumes: eachWithNull(VOLUME), Warnings: null } } },
  { words: ['volume', 'ls', ...JSON_LINES], answers: { '/volumes': { Volumes: eachWithNull(VOLUME) } } },
  { words: ['volume', 'ls'], answers: { '/volumes': { Volumes: null } } },
  { words: ['volume', 'ls'], answers: { '/volumes': null } },
  { words: ['history', 'a'], answers: { '/images/a/history': eachWithNull(STEP) } },
  { words: ['history', ...JSON_LINES, 'a'], answers: { '/images/a/history': eachWithNull(STEP) } },
  { words: ['history', 'a'], answers: { '/images/a/history': null } },
  { words: ['search', 'a'], answers: { '/images/search': eachWithNull(FOUND) } },
  { words: ['diff', 'x'], answers: { '/containers/x/changes': eachWithNull({ Kind: 1, Path: '/a' }) } },
  { words: ['diff', 'x'], answers: { '/containers/x/changes': null } },
  { words: ['top', 'x'], answers: { '/containers/x/top': { Titles: ['PID'], Processes: [['1'], null] } } },
  { words: ['top', 'x'], answers: { '/containers/x/top': { Titles: ['PID'], Processes: null } } },
  ...[[], ['-v'], ['--format', '{{json .}}']].map((more) => ({
    words: ['system', 'df', ...more],
    answers: {
      '/system/df': {
        LayersSize: 1000,
        Images: eachWithNull(IMAGE),
        Containers: eachWithNull(CONTAINER, NAMES_OF_NOTHING),
        Volumes: eachWithNull(VOLUME, ['UsageData']),
        BuildCache: eachWithNull(CACHE),
      },
    },
  })),
  ...['LayersSize', 'Images', 'Containers', 'Volumes', 'BuildCache'].map((name) => ({
    words: ['system', 'df'],
    answers: {
      '/system/df': withNull(
        {
          LayersSize: 1000,
          Images: [IMAGE],
          Containers: [CONTAINER],
          Volumes: [VOLUME],
          BuildCache: [CACHE],
        },
        [name],
      ),
    },
  })),
  ...[[], ['--format', 'json']].map((format) => ({
    words: ['events', '--until', '1600000001', ...format],
    answers: {
      '/events': new Raw(
        eachWithNull(EVENT)
          .map((event) => `${JSON.stringify(event)}\n`)
          .join(''),
      ),
    },
  })),
  {
    words: ['version', '--format', '{{json .Server}}'],
    answers: {
      '/version': { Platform: null, Components: null, Version: null, ApiVersion: null, Os: 'linux' },
    },
  },
]

describe('beside docker, null is nothing', { skip: withoutDocker }, () => {
  for (const [index, { words, answers }] of ROWS.entries()) {
    it(`in ${words.join(' ')}, ${index}`, async (test) => {
      const host = await anAnsweringEngine(test, answers)
      const env = { DOCKER_CONFIG: await aFolder(test), DOCKER_API_VERSION: '1.51', TZ: 'UTC' }
      const [theirs, ours] = await Promise.all([docker(host, words, { env }), dockline(host, words, { env })])
      assert.equal(seen(ours.stdout), seen(theirs.stdout))
      assert.deepEqual([ours.exitCode, ours.stderr], [theirs.exitCode, theirs.stderr])
    })
  }

  it('everywhere in what info tells', async (test) => {
    const places = placesIn(INFO).filter((place) => !FATAL.includes(place.join('.')))
    const env = { DOCKER_CONFIG: await aFolder(test), DOCKER_API_VERSION: '1.51' }
    const look = async (place: Place) => {
      const host = await anAnsweringEngine(test, { '/info': withNull(INFO, place) })
      const both = await Promise.all([docker(host, ['info'], { env }), dockline(host, ['info'], { env })])
      const [theirs, ours] = both.map(({ stdout, exitCode }) => [serverIn(stdout), exitCode])
      assert.deepEqual(ours, theirs, place.join('.'))
    }
    for (let at = 0; at < places.length; at += 4) await Promise.all(places.slice(at, at + 4).map(look))
  })
})

/** No Engine answers so on purpose: with a list in place of an object, or an object in place of a list. */
const OF_ANOTHER_KIND: readonly (readonly [words: readonly string[], at: string, list: boolean])[] = [
  [['ps'], '/containers/json', true],
  [['images'], '/images/json', true],
  [['network', 'ls'], '/networks', true],
  [['volume', 'ls'], '/volumes', false],
  [['search', 'x'], '/images/search', true],
  [['history', 'x'], '/images/x/history', true],
  [['diff', 'x'], '/containers/x/changes', true],
  [['rmi', 'x'], '/images/x', true],
  [['top', 'x'], '/containers/x/top', false],
  [['inspect', '--type', 'container', 'x'], '/containers/x/json', false],
  [['image', 'inspect', 'x'], '/images/x/json', false],
  [['volume', 'inspect', 'x'], '/volumes/x', false],
  [['network', 'inspect', 'x'], '/networks/x', false],
  [['events', '--until', '1600000001'], '/events', false],
]

describe('beside docker, an answer of another kind is an error', { skip: withoutDocker }, () => {
  for (const [words, at, isList] of OF_ANOTHER_KIND) {
    it(`of ${words.join(' ')}`, async (test) => {
      const host = await anAnsweringEngine(test, { [at]: new Raw(isList ? '{"a":1}' : '[1]') })
      const env = { DOCKER_CONFIG: await aFolder(test), DOCKER_API_VERSION: '1.51' }
      const [theirs, ours] = await Promise.all([docker(host, words, { env }), dockline(host, words, { env })])
      assert.equal(theirs.exitCode, 1)
      assert.deepEqual([ours.exitCode, ours.stdout], [1, theirs.stdout])
      assert.match(ours.stderr, / where an object belongs| where a list belongs/)
    })
  }
})

/** What is behind the last word of a line cannot be seen. */
function seen(text: string): string {
  return text.replace(/ +$/gm, '')
}

/** What stands before is of the client. */
function serverIn(text: string): string {
  return seen(text).replace(/^[\s\S]*?^Server:/m, 'Server:')
}

const INFO = {
  ID: 'x',
  Containers: 1,
  Driver: 'overlay2',
  DriverStatus: [['Backing Filesystem', 'extfs']],
  Plugins: { Volume: ['local'], Network: ['bridge'], Authorization: null, Log: ['json-file'] },
  OSType: 'linux',
  RegistryConfig: { IndexConfigs: { a: { Name: 'a', Mirrors: [], Secure: false } }, Mirrors: ['m'] },
  NCPU: 2,
  Labels: ['a=b'],
  Runtimes: { runc: { path: 'runc' } },
  Swarm: { NodeID: '', LocalNodeState: 'inactive', RemoteManagers: null },
  ContainerdCommit: { ID: '' },
  SecurityOptions: ['name=seccomp,profile=builtin'],
  DefaultAddressPools: [{ Base: '10.0.0.0/8', Size: 24 }],
  Warnings: null,
}
/** Here docker ends with a stack trace of Go's. */
const FATAL: readonly string[] = ['RegistryConfig.IndexConfigs.a']
