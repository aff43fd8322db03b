import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it, type TestContext } from 'node:test'
import { docker, docklineKept, type Ended } from '../support/dockline.js'
import { NOWHERE } from '../support/nowhere.js'
import { aServer } from '../support/scripted-engine.js'
import { meaningful, withoutDocker } from '../support/tools.js'

const API = '1.51'
const ENV = { DOCKER_BUILDKIT: '0', DOCKER_CONFIG: NOWHERE, DOCKLINE_FROM_HERE: 'a value' }

interface Asked {
  readonly request: string
  readonly query: unknown
  readonly body: unknown
}

/** What a command asks of an Engine that does whatever it is asked. */
async function asked(
  test: TestContext,
  run: typeof docker,
  args: readonly string[],
  input?: string,
): Promise<{ asked: readonly Asked[]; ended: Ended }> {
  const all: Asked[] = []
  const host = await aServer(test, async (request, response) => {
    const url = new URL(request.url ?? '', 'http://engine')
    const path = decodeURIComponent(url.pathname.replace(/^\/v[\d.]+/, ''))
    const body = await buffer(request)
    response.setHeader('Api-Version', API)
    response.setHeader('Ostype', 'linux')
    response.setHeader('Docker-Experimental', 'true')
    response.setHeader('Content-Type', 'application/json')
    if (!LOOKED_UP.test(`${request.method} ${path}`))
      all.push(sameNames({ request: `${request.method} ${path}`, query: queryOf(url), body: bodyOf(body) }))
    response.end(answerTo(request.method, path))
  })
  const ended = await run(host, args, { env: ENV, ...(input === undefined ? {} : { input }) })
  return { asked: all, ended }
}

/** One of the two looks these up in between, to show more or to know more. */
const LOOKED_UP = /^(HEAD|GET) \/(_ping|version|info|networks\/[^/]+|images\/.+\/json)$/
const LISTS = /^\/(networks|images\/json|images\/search|images\/[^/]+\/history)$/

function answerTo(method: string | undefined, path: string): string {
  if (path === '/_ping') return 'OK'
  if (LISTS.test(path) || (method === 'DELETE' && path.startsWith('/images/'))) return '[]'
  if (path === '/build') return '{"stream":"Successfully built 0123456789ab\\n"}'
  if (path.startsWith('/images/')) return '{"Id":"sha256:0123456789ab"}'
  return '{"Id":"abc","Name":"abc"}'
}

/** JSON in a query is compared as what it says. */
function queryOf(url: URL): unknown {
  const entries = [...url.searchParams.keys()].map((key) => {
    const values = url.searchParams.getAll(key)
    return [key, values.map(understood)] as const
  })
  return meaningful(Object.fromEntries(entries.filter(([key]) => !DEFAULTS.has(key))))
}

/** docker sends these always, and with the value that an Engine would take anyway. */
const DEFAULTS = new Set(['rm', 'version', 'digests'])

function understood(value: string): unknown {
  if (value === '0' || value === '' || value === 'null') return undefined
  if (value === 'true') return '1'
  return /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value
}

/** There are several ways to name one image: with and without what goes without saying, in one part and in two. */
function sameNames({ request, query, body }: Asked): Asked {
  const { repo, tag, names, fromImage, ...rest } = (query ?? {}) as Record<string, string[] | undefined>
  const [, saved] = /^GET \/images\/(.+)\/get$/.exec(request) ?? []
  const named = repo?.map((name) => (/:[^/]+$/.test(name) ? name : `${name}:${tag ?? 'latest'}`))
  return {
    request: saved === undefined ? request.replace('/docker.io/', '/') : 'GET /images/get',
    query: meaningful({
      ...rest,
      tag: repo === undefined ? tag : undefined,
      repo: named?.map(familiar),
      names: saved === undefined ? names : [saved],
      fromImage: fromImage?.map(familiar),
    }),
    body,
  }
}

function familiar(name: string): string {
  return name.replace(/^docker\.io\/(library\/)?/, '')
}

/** What is no JSON is a tar, which is not what a flag says. */
function bodyOf(body: Buffer): unknown {
  return body.toString().startsWith('{') ? meaningful(JSON.parse(body.toString(), inOrder)) : undefined
}

/** docker has the pools of a network in a map of Go, which has another order each time. */
function inOrder(key: string, value: unknown): unknown {
  if (key !== 'Config' || !Array.isArray(value)) return value
  return [...value].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

describe('commands ask the Engine for what docker asks for', { skip: withoutDocker, concurrency: 4 }, () => {
  const rows: readonly (readonly string[])[] = [
    ['restart', 'web'],
    ['restart', '-t', '5', '-s', 'INT', 'web'],
    ['stop', '-s', '', 'web'],
    ['pause', 'web'],
    ['unpause', 'web'],
    ['rename', 'web', ' db '],
    ['wait', 'web'],
    ['top', 'web', '-o', 'pid,args'],
    ['diff', 'web'],
    ['export', 'web'],
    [
      'update',
      '-m',
      '64m',
      '--memory-swap',
      '-1',
      '--memory-reservation',
      '32m',
      '--pids-limit',
      '-1',
      'web',
    ],
    ['update', '--blkio-weight', '300', '-c', '512', '--cpus', '1.5', '--restart', 'on-failure:3', 'web'],
    [
      'update',
      '--cpu-period',
      '1000',
      '--cpu-quota',
      '500',
      '--cpuset-cpus',
      '0-1',
      '--cpuset-mems',
      '0',
      'web',
    ],
    ['update', '--cpu-rt-period', '1000', '--cpu-rt-runtime', '500', '--restart', 'unless-stopped', 'web'],
    ['commit', 'web'],
    [
      'commit',
      '-a',
      'me',
      '-m',
      'why',
      '-c',
      'CMD ["sh"]',
      '-c',
      'ENV A=1',
      '--pause=false',
      'web',
      'r.example/app:2',
    ],
    ['stats', '--no-stream', 'web'],
    ['stats', '--no-stream', 'web', 'web'],
    ['container', 'prune', '-f', '--filter', 'until=24h', '--filter', 'label!=keep'],
    ['container', 'ls', '-a', '-f', 'status=exited', '-f', 'label=a'],
    ['container', 'rm', '-fv', 'web'],
    ['container', 'inspect', '-s', 'web'],
    ['container', 'inspect', '/web'],
    ['stop', 'web\r', '/web/'],
    ['rm', 'web/'],
    ['port', '/web/'],
    ['stats', '--no-stream', '/web'],
    ['inspect', '--type', 'task', 'one'],
    ['inspect', '--type', 'container', '/web/'],
    ['inspect', '--type', 'node', ' one\n'],
    ['inspect', '--type', 'volume', '/data'],
    ['inspect', '--type', 'plugin', 'team/one'],
    [
      'events',
      '--since',
      '10',
      '--until',
      '20',
      '-f',
      'type=container',
      '-f',
      'event=die',
      '-f',
      'event=start',
    ],
    ['cp', 'web:/a', '-'],
    ['network', 'create', 'web'],
    ['network', 'create', '-d', 'overlay', '--attachable', '--scope', 'swarm', '--ingress', 'web'],
    ['network', 'create', '--internal', '--ipv6', '--label', 'a=1', '--label', 'b', '-o', 'c=d', 'web'],
    ['network', 'create', '--ipv4=false', '--ipv6=true', 'web'],
    ['network', 'create', '--config-only', '--subnet', '10.1.0.0/16', 'web'],
    ['network', 'create', '--config-from', 'other', 'web'],
    ['network', 'create', '--ipam-driver', 'own', '--ipam-opt', 'x=y', 'web'],
    [
      ...['network', 'create', '--subnet', '10.1.0.0/16,10.2.0.0/16', '--subnet', 'fd00::/64'],
      ...['--gateway', '10.2.0.1', '--gateway', 'fd00::1', '--ip-range', '10.1.5.0/24'],
      ...['--aux-address', 'router=10.2.0.9', '--aux-address', 'six=fd00::9', 'web'],
    ],
    ['network', 'connect', 'web', 'box'],
    [
      ...['network', 'connect', '--alias', 'a,b', '--alias', 'c', '--ip', '10.1.0.5', '--ip6', 'fd00::5'],
      ...['--link', 'db:base', '--link-local-ip', '169.254.1.1', '--driver-opt', 'x=y', '--gw-priority', '7'],
      ...['web', 'box'],
    ],
    ['network', 'connect', ' web', 'box\r'],
    [
      ...['network', 'connect', '--driver-opt', '"com.docker.sysctls=net.a=1,net.b=0",x=y'],
      ...['--alias', '"a""b"', 'web', 'box'],
    ],
    ['network', 'disconnect', 'web', 'box'],
    ['network', 'disconnect', 'web\r', ' box'],
    ['network', 'disconnect', '--force', 'web', 'box'],
    ['network', 'rm', 'web', 'other'],
    ['network', 'rm', '/web/', 'other\r'],
    ['network', 'prune', '-f', '--filter', 'until=24h', '--filter', 'label!=keep'],
    ['volume', 'create'],
    [
      'volume',
      'create',
      '-d',
      'own',
      '--label',
      'a=1',
      '--label',
      'b',
      '-o',
      'type=nfs',
      '--opt',
      'x',
      'data',
    ],
    ['volume', 'rm', 'data', 'more'],
    ['volume', 'rm', '-f', 'data'],
    ['volume', 'rm', '/data', 'more\r'],
    ['volume', 'prune', '-f'],
    ['volume', 'prune', '-af', '--filter', 'label=a'],
    ['system', 'prune', '-f'],
    ['system', 'prune', '-af', '--volumes', '--filter', 'label=a', '--filter', 'label!=b'],
    ['system', 'prune', '-f', '--filter', 'until=24h'],
    ['image', 'prune', '-f'],
    ['image', 'prune', '-af', '--filter', 'until=24h'],
    ['rmi', 'app', 'registry.example/app:2'],
    ['rmi', '-f', '--no-prune', '--platform', 'linux/arm64,linux/amd64', 'app'],
    ['tag', 'app', 'registry.example/app:2'],
    ['tag', 'app', 'other'],
    ['pull', 'app'],
    ['pull', '--platform', 'linux/arm64', 'registry.example/team/app:2'],
    ['pull', '-a', 'team/app'],
    ['pull', `app@sha256:${'0'.repeat(64)}`],
    ['push', 'team/app'],
    ['push', '--platform', 'linux/arm64', 'registry.example/app:2'],
    ['push', '-a', 'registry.example/app'],
    ['load', '-i', 'FOLDER/archive'],
    ['load', '--platform', 'linux/arm64/v8', '-i', 'FOLDER/archive'],
    ['import', 'http://example.com/root.tar', 'app:2'],
    [
      'import',
      '-c',
      'CMD ["sh"]',
      '--change',
      'ENV A=1',
      '-m',
      'why',
      '--platform',
      'linux/arm64',
      '-',
      'app',
    ],
    ['save', 'app'],
    ['save', '--platform', 'linux/arm64', 'app', 'team/app:2'],
    ['search', '-f', 'stars=3', '--filter', 'is-official=true', '--limit', '7', 'app'],
    ['search', 'app'],
    ['history', '--platform', 'linux/arm64', 'app'],
    ['history', '/app/'],
    ['images', '-a', '-f', 'label=a', '-f', 'label=b', '--filter', 'dangling=false', 'app*'],
    ['images', '--digests'],
    ['images', ''],
    ['network', 'ls', '-f', 'driver=bridge', '--filter', 'label=a'],
    ['volume', 'ls', '-f', 'dangling=true'],
    ['system', 'df'],
    ['build', 'FOLDER'],
    ['build', '-t', 'app', '--tag', 'registry.example/app:2', '-f', 'FOLDER/Other', 'FOLDER'],
    ['build', '--build-arg', 'A=1', '--build-arg', 'DOCKLINE_FROM_HERE', '--build-arg', 'UNSET', 'FOLDER'],
    ['build', '--label', 'a=1', '--label', 'b', '--target', 'stage', '--no-cache', '--pull', 'FOLDER'],
    ['build', '--rm=false', '--force-rm', '--network', 'host', '--platform', 'linux/arm64', 'FOLDER'],
    ['build', '--add-host', 'db:10.0.0.2', '--add-host', 'x=10.0.0.3', '--cache-from', 'a,b', 'FOLDER'],
    ['build', '-m', '64m', '--memory-swap', '-1', '--shm-size', '1g', '--ulimit', 'nofile=10:20', 'FOLDER'],
    ['build', '-c', '512', '--cpu-period', '1000', '--cpu-quota', '500', '--cpuset-cpus', '0-1', 'FOLDER'],
    ['build', '--cpuset-mems', '0', '--cgroup-parent', 'a', '--security-opt', 'a=b', '--squash', 'FOLDER'],
    ['build', '--isolation', 'process', 'FOLDER'],
  ]

  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dockline-cli-'))
    await writeFile(join(folder, 'Dockerfile'), 'FROM busybox\n')
    await writeFile(join(folder, 'Other'), 'FROM busybox\n')
    await writeFile(join(folder, 'archive'), Buffer.alloc(1024))
  })
  after(() => rm(folder, { recursive: true, force: true }))
  for (const row of rows) {
    it(row.join(' '), async (test) => {
      const args = row.map((word) => word.replace('FOLDER', folder))
      const input = '\0'.repeat(1024)
      const theirs = await asked(test, docker, args, input)
      const ours = await asked(test, docklineKept, args, input)
      assert.deepEqual(ours.asked, theirs.asked, ours.ended.stderr + theirs.ended.stderr)
      assert.ok(theirs.asked.length > 0, theirs.ended.stderr)
    })
  }
})
