import type { Target } from './both.js'
import type { Recorded } from './recording-engine.js'

/** One call of one method, on both packages. */
export interface Case {
  readonly of: (docker: Target) => Target
  readonly method: string
  readonly args: readonly unknown[]
  /** How what we send differs from what dockerode sends, on purpose. */
  readonly ours?: Partial<Recorded>
  /** What ours gives instead. */
  readonly gives?: unknown
}

const AUTH = { username: 'me', password: 'ü?>~secret', serveraddress: 'localhost:5000' }
const TAR = Buffer.from('a tar')
const QUERY = { filters: { label: ['a', 'b=c'] }, all: true, limit: 3, empty: '' }
const SENT = { Image: 'busybox', Env: ['A=1'], Labels: { a: 'b' } }

const docker = (it: Target) => it
const get =
  (kind: string, id: string, ...more: readonly unknown[]) =>
  (it: Target) =>
    it[`get${kind}`]?.(id, ...more) as unknown as Target

const on =
  (of: Case['of']) =>
  (method: string, args: readonly unknown[], more: Partial<Case> = {}): Case => ({
    of,
    method,
    args,
    ...more,
  })

const ofDocker = on(docker)
const ofContainer = on(get('Container', 'c0ffee'))
const ofExec = on(get('Exec', 'e1'))
const ofImage = on(get('Image', 'localhost:5000/a/b:1'))
const ofNetwork = on(get('Network', 'n1'))
const ofVolume = on(get('Volume', 'v1'))
const ofService = on(get('Service', 's1'))
const ofTask = on(get('Task', 't1'))
const ofNode = on(get('Node', 'm1'))
const ofSecret = on(get('Secret', 'x1'))
const ofConfig = on(get('Config', 'g1'))
const ofPlugin = on(get('Plugin', 'vieux/sshfs:latest', 'localhost:5000/sshfs'))

/** The mended leak: what belongs to the body is not in the URL, and what belongs to the query is not in the body. */
const onlyBody = { ours: { query: {} } }
const onlyQuery = { ours: { body: '', headers: {} } }
const COPY_PATH = { path: '/tmp', noOverwriteDirNonDir: true }
const UPGRADED = { connection: 'what it wrote' }

export const CASES: readonly Case[] = [
  ofDocker('createContainer', [{ name: 'web', platform: 'linux/arm64', ...SENT }], {
    ours: { query: { name: 'web', platform: 'linux/arm64' }, body: SENT },
  }),
  ofDocker('createContainer', [{ _query: { name: 'web' }, _body: SENT }]),
  ofDocker('listContainers', [QUERY]),
  ofDocker('listContainers', []),
  ofDocker('listContainers', [{ filters: '{"label":["a"]}', all: false }]),
  ofDocker('pruneContainers', [{ filters: { until: ['1h'] } }], onlyQuery),
  ofDocker('createImage', [{ fromImage: 'busybox', tag: '1', authconfig: AUTH }], {
    ours: { body: '', headers: { 'x-registry-auth': encoded(AUTH) } },
  }),
  ofDocker('createImage', [AUTH, { fromImage: 'busybox' }], {
    ours: { body: '', headers: { 'x-registry-auth': encoded(AUTH) } },
  }),
  ofDocker('pull', ['localhost:5000/a/b:1', { platform: 'linux/amd64' }], onlyQuery),
  ofDocker('pull', ['busybox'], onlyQuery),
  ofDocker('pull', ['busybox@sha256:abc'], onlyQuery),
  ofDocker('pull', ['busybox', { authconfig: { base64: 'eyJ9' } }], {
    ours: { body: '', headers: { 'x-registry-auth': 'eyJ9' } },
  }),
  ofDocker('pullAll', ['busybox'], onlyQuery),
  ofDocker('loadImage', [TAR, { quiet: true }]),
  ofDocker('importImage', [TAR, { repo: 'a', tag: 'b' }]),
  ofDocker('buildImage', [TAR, { t: 'a:b', buildargs: { A: '1' }, cachefrom: ['x', 'y'] }]),
  ofDocker('buildImage', [TAR, { t: ['a', 'b'], registryconfig: { 'https://a': AUTH } }], {
    ours: {
      headers: { 'content-type': 'application/tar', 'x-registry-config': encoded({ 'https://a': AUTH }) },
    },
  }),
  ofDocker('listImages', [QUERY]),
  ofDocker('getImages', [{ names: ['a', 'b'] }]),
  ofDocker('searchImages', [{ term: 'busybox', limit: 5, authconfig: AUTH }]),
  ofDocker('pruneImages', [{ filters: { dangling: { false: true } } }], onlyQuery),
  ofDocker('pruneBuilder', [{ all: true }], { ours: { query: { all: 'true' }, body: '', headers: {} } }),
  ofDocker('createVolume', [{ Name: 'v', Labels: { a: 'b' } }], onlyBody),
  ofDocker('createVolume', []),
  ofDocker('listVolumes', [QUERY]),
  ofDocker('pruneVolumes', []),
  ofDocker('createNetwork', [{ Name: 'n', Internal: true }], onlyBody),
  ofDocker('listNetworks', [QUERY]),
  ofDocker('pruneNetworks', [{ filters: { until: ['1h'] } }], onlyQuery),
  ofDocker('createSecret', [{ Name: 's', Data: 'c2VjcmV0' }], onlyBody),
  ofDocker('listSecrets', [QUERY]),
  ofDocker('createConfig', [{ Name: 'g', Data: 'Y29uZmln' }], onlyBody),
  ofDocker('listConfigs', [QUERY]),
  ofDocker('createService', [AUTH, { Name: 's', TaskTemplate: {} }]),
  ofDocker('createService', [{ Name: 's', authconfig: AUTH }], {
    ours: { headers: { 'content-type': 'application/json', 'x-registry-auth': encoded(AUTH) } },
  }),
  ofDocker('listServices', [QUERY]),
  ofDocker('listTasks', [QUERY]),
  ofDocker('listNodes', [QUERY]),
  ofDocker('swarmInit', [{ ListenAddr: '0.0.0.0:2377' }]),
  ofDocker('swarmJoin', [{ RemoteAddrs: ['a'] }]),
  ofDocker('swarmLeave', [{ force: true }], onlyQuery),
  ofDocker('swarmUpdate', [{ version: 5, rotateWorkerToken: true, Name: 'default' }], {
    ours: { query: { version: '5', rotateWorkerToken: 'true' }, body: { Name: 'default' } },
  }),
  ofDocker('swarmInspect', []),
  ofDocker('createPlugin', [{ name: 'p' }], onlyQuery),
  ofDocker('listPlugins', [QUERY]),
  ofDocker('checkAuth', [AUTH]),
  ofDocker('info', []),
  ofDocker('version', []),
  ofDocker('ping', []),
  ofDocker('df', []),
  ofDocker('df', [{ type: ['image', 'volume'] }], { ours: { query: { type: ['image', 'volume'] } } }),
  ofDocker('getEvents', [{ since: 5, filters: { type: ['container'] } }]),

  ofContainer('inspect', [{ size: true }]),
  ofContainer('rename', [{ name: 'other' }], onlyQuery),
  ofContainer('update', [{ Memory: 5 }]),
  ofContainer('top', [{ ps_args: 'aux' }]),
  ofContainer('changes', []),
  ofContainer('start', [{ detachKeys: 'ctrl-x' }], onlyQuery),
  ofContainer('start', []),
  ofContainer('stop', [{ t: 5 }], onlyQuery),
  ofContainer('restart', [{ t: 0 }], onlyQuery),
  ofContainer('kill', [{ signal: 'SIGHUP' }], onlyQuery),
  ofContainer('pause', []),
  ofContainer('unpause', []),
  ofContainer('resize', [{ h: 24, w: 80 }], onlyQuery),
  ofContainer('wait', [{ condition: 'removed' }], onlyQuery),
  ofContainer('remove', [{ force: true, v: true }]),
  ofContainer('attach', [{ stream: true, stdout: true, stderr: true }], onlyQuery),
  ofContainer('attach', [{ stream: true, stdin: true, hijack: true }], {
    ours: { body: '', headers: { upgrade: 'tcp' } },
  }),
  ofContainer('attach', [{ stream: true, stdin: true }], {
    ours: { body: '', headers: { upgrade: 'tcp' } },
    gives: UPGRADED,
  }),
  ofContainer('logs', [{ stdout: true, tail: 5 }]),
  ofContainer('logs', [{ stdout: true, follow: true }]),
  ofContainer('stats', [{ stream: false }]),
  ofContainer('stats', []),
  ofContainer('exec', [{ Cmd: ['ls'], AttachStdout: true }]),
  ofContainer('commit', [{ repo: 'a', tag: 'b', Cmd: ['x'] }], {
    ours: { query: { repo: 'a', tag: 'b', container: 'c0ffee' }, body: { Cmd: ['x'] } },
  }),
  ofContainer('export', []),
  ofContainer('getArchive', [{ path: '/etc/hosts' }]),
  ofContainer('infoArchive', [{ path: '/etc' }]),
  ofContainer('putArchive', [TAR, COPY_PATH]),
  ofContainer('copy', [{ Resource: '/etc' }]),
  ofContainer('listCheckpoint', [{ dir: '/x' }]),
  ofContainer('createCheckpoint', [{ checkpointId: 'k' }]),
  ofContainer('createCheckpoint', []),
  ofContainer('deleteCheckpoint', ['k', { dir: '/x' }]),

  ofExec('start', [{ Detach: false, Tty: false }]),
  ofExec('start', []),
  ofExec('start', [{ hijack: true, stdin: true }]),
  ofExec('start', [{ stdin: true, Tty: false }], {
    ours: { headers: { 'content-type': 'application/json', upgrade: 'tcp' } },
    gives: UPGRADED,
  }),
  ofExec('resize', [{ h: 1, w: 2 }], onlyQuery),
  ofExec('inspect', []),

  ofImage('inspect', []),
  ofImage('inspect', [{ manifests: true }], { ours: { query: { manifests: 'true' } } }),
  ofImage('history', []),
  ofImage('get', []),
  ofImage('distribution', [{ authconfig: AUTH }]),
  ofImage('push', [{ tag: '1', authconfig: AUTH }], {
    ours: { body: '', headers: { 'x-registry-auth': encoded(AUTH) } },
  }),
  ofImage('push', [{ stream: false }], {
    ours: { body: '', headers: { 'x-registry-auth': encoded({}) } },
  }),
  ofImage('tag', [{ repo: 'a', tag: 'b' }], onlyQuery),
  ofImage('remove', [{ force: true }]),

  ofNetwork('inspect', [{ verbose: true }]),
  ofNetwork('remove', []),
  ofNetwork('connect', [{ Container: 'c', EndpointConfig: { Aliases: ['a'] } }]),
  ofNetwork('disconnect', [{ Container: 'c', Force: true }]),
  ofVolume('inspect', []),
  ofVolume('remove', []),
  ofVolume('remove', [{ force: true }], { ours: { query: { force: 'true' } } }),

  ofService('inspect', []),
  ofService('inspect', [{ insertDefaults: true }], { ours: { query: { insertDefaults: 'true' } } }),
  ofService('remove', []),
  ofService('update', [AUTH, { version: 7, Name: 's' }], {
    ours: { query: { version: '7' }, body: { Name: 's' } },
  }),
  ofService('logs', [{ stdout: true }]),
  ofService('logs', [{ stdout: true, follow: true }]),
  ofTask('inspect', []),
  ofTask('logs', [{ stdout: true }]),
  ofNode('inspect', []),
  ofNode('update', [{ version: 7, Role: 'worker' }], {
    ours: { query: { version: '7' }, body: { Role: 'worker' } },
  }),
  ofNode('remove', [{ force: true }]),
  ofSecret('inspect', []),
  ofSecret('update', [{ version: 7, Name: 's' }], { ours: { query: { version: '7' }, body: { Name: 's' } } }),
  ofSecret('remove', []),
  ofConfig('inspect', []),
  ofConfig('update', [{ version: 7, Name: 's' }], { ours: { query: { version: '7' }, body: { Name: 's' } } }),
  ofConfig('remove', []),

  ofPlugin('inspect', []),
  ofPlugin('remove', [{ force: true }]),
  ofPlugin('privileges', []),
  ofPlugin('pull', [{ _query: {}, _body: [{ Name: 'network' }] }]),
  ofPlugin('enable', [{ timeout: 5 }], onlyQuery),
  ofPlugin('disable', []),
  ofPlugin('disable', [{ force: true }], { ours: { query: { force: 'true' }, body: '', headers: {} } }),
  ofPlugin('push', []),
  ofPlugin('configure', [{ _body: ['DEBUG=1'] }]),
  ofPlugin('upgrade', [AUTH, { _query: { remote: 'r' }, _body: [] }]),
]

function encoded(auth: object): string {
  return Buffer.from(JSON.stringify(auth)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}
