import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { dockline, startDockline } from '../support/dockline.js'
import { aFolder, aServer } from '../support/scripted-engine.js'

const run = promisify(execFile)
/** Nothing listens there: whoever asks an Engine after all says something else. */
const NOWHERE = 'unix:///dockline-no-such.sock'

/** The header of an answer with a file, which describes the file. */
const PATH_STAT = Buffer.from('{"name":"x","size":6,"mode":420,"linkTarget":""}').toString('base64')

const COMMANDS = [
  ['save', 'failed to save image', ['busybox']],
  ['export', 'failed to export container', ['web']],
] as const

for (const [command, failure, operands] of COMMANDS) {
  describe(`dockline ${command} -o`, () => {
    it('refuses what is no file, as docker does, before the Engine is asked', async (test) => {
      const folder = await aFolder(test)
      const at = (name: string) => join(folder, name)
      await mkdir(at('folder'))
      await writeFile(at('precious'), 'mine')
      await symlink('precious', at('link'))
      await symlink('nowhere', at('dangling'))
      await run('mkfifo', [at('fifo')])
      await listening(test, at('socket'))
      for (const [target, kind] of [
        [at('folder'), 'a directory'],
        [at('link'), 'a symbolic link directly'],
        [at('dangling'), 'a symbolic link directly'],
        [at('fifo'), 'a named pipe (FIFO)'],
        [at('socket'), 'a socket'],
        ['/dev/null', 'a character device file'],
      ] as const) {
        const ended = await dockline(NOWHERE, [command, '-o', target, ...operands])
        assert.deepEqual([ended.exitCode, ended.stderr], [1, `${failure}: cannot write to ${kind}\n`])
      }
      assert.equal(await readFile(at('precious'), 'utf8'), 'mine')
    })

    it('writes a file for its owner alone, under a name that nobody can know before', async (test) => {
      const drafts = new Set<string>()
      for (let time = 0; time < 2; time += 1) {
        const folder = await aFolder(test)
        const { host, halfway } = await anEngine(test)
        const running = startDockline(host, [command, '-o', join(folder, 'x.tar'), ...operands])
        const finish = await halfway
        const [draft = ''] = await filesIn(folder)
        assert.match(draft, /^\.tmp-x\.tar[0-9a-f]{16}$/)
        drafts.add(draft)
        const { mode } = await lstat(join(folder, draft))
        finish()
        assert.equal((await running.ended).exitCode, 0)
        assert.deepEqual(await readdir(folder), ['x.tar'])
        assert.equal(await readFile(join(folder, 'x.tar'), 'utf8'), 'first second')
        assert.deepEqual(
          [mode, (await lstat(join(folder, 'x.tar'))).mode].map((each) => each & 0o777),
          [0o600, 0o600],
        )
      }
      assert.equal(drafts.size, 2)
    })
  })
}

describe('a file that is not whole', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`is gone when ${signal} ends the command`, async (test) => {
      const folder = await aFolder(test)
      const { host, halfway } = await anEngine(test)
      const saving = startDockline(host, ['save', '-o', join(folder, 'x.tar'), 'busybox'])
      await halfway
      await filesIn(folder)
      saving.process.kill(signal)
      await saving.ended
      assert.deepEqual(await readdir(folder), [])
      const running = startDockline(host, ['create', '--cidfile', join(folder, 'cid'), 'busybox'])
      assert.deepEqual(await filesIn(folder), ['cid'])
      running.process.kill(signal)
      await running.ended
      assert.deepEqual(await readdir(folder), [])
    })
  }
})

describe('an archive into a pipe', () => {
  for (const words of [
    ['save', 'busybox'],
    ['export', 'web'],
    ['cp', 'web:/x', '-'],
  ]) {
    it(`names the Engine that is gone in the middle of ${words[0]}, and not the pipe`, async (test) => {
      const { host, halfway } = await anEngine(test, (response) => response.destroy())
      const { process, ended } = startDockline(host, words)
      const [finish] = await Promise.all([halfway, process.stdout && once(process.stdout, 'readable')])
      finish()
      const { exitCode, stdout, stderr } = await ended
      assert.deepEqual([exitCode, stdout], [1, 'first '])
      assert.match(stderr, /^cannot talk to the Docker Engine at unix:.*: the connection was lost .*\n$/)
    })
  }
})

describe('a tar that dockline cp unpacks', () => {
  const [FOLDER, LINK] = [0x80000000, 0x08000000]
  const STATS: Readonly<Record<string, { readonly mode: number; readonly linkTarget: string }>> = {
    '/run': { mode: FOLDER, linkTarget: '' },
    '/var/run': { mode: LINK, linkTarget: '/run' },
    '/var/relative': { mode: LINK, linkTarget: '../run' },
    '/file': { mode: 0o644, linkTarget: '' },
    '/var/file': { mode: LINK, linkTarget: '/file' },
    '/var/nowhere': { mode: LINK, linkTarget: '/nowhere' },
  }

  for (const [path, isTaken] of [
    ['/run', true],
    ['/var/run', true],
    ['/var/relative', true],
    ['/file', false],
    ['/var/file', false],
    ['/var/nowhere', false],
    ['/nowhere', false],
  ] as const)
    it(`is ${isTaken ? 'taken' : 'refused'} for ${path}, as docker does`, async (test) => {
      const sent: string[] = []
      const host = await aServer(test, async (request, response) => {
        response.setHeader('Api-Version', '1.51')
        const url = new URL(request.url ?? '', 'http://engine')
        if (request.method === 'PUT') sent.push(await text(request))
        if (request.method !== 'HEAD' || !url.pathname.endsWith('/archive')) return response.end('{}')
        const stat = STATS[url.searchParams.get('path') ?? '']
        if (stat === undefined) return response.writeHead(404).end()
        const header = Buffer.from(JSON.stringify({ name: 'x', size: 0, ...stat })).toString('base64')
        return response.setHeader('X-Docker-Container-Path-Stat', header).end()
      })
      const ended = await dockline(host, ['cp', '-', `web:${path}`], { input: 'a tar' })
      const refusal = `destination "web:${path}" must be a directory\n`
      assert.deepEqual([ended.stderr, sent], isTaken ? ['', ['a tar']] : [refusal, []])
    })
})

describe('dockline create --cidfile', () => {
  it('follows no link, wherever it leads', async (test) => {
    const folder = await aFolder(test)
    const file = join(folder, 'cid')
    await symlink('elsewhere', file)
    const { exitCode, stderr } = await dockline(NOWHERE, ['create', '--cidfile', file, 'busybox'])
    assert.equal(exitCode, 1)
    assert.match(stderr, /container ID file found, make sure the other container isn't running or delete/)
    assert.deepEqual(await readdir(folder), ['cid'])
  })
})

/** An Engine that sends one half of an archive, and the other when it is told to. */
async function anEngine(
  test: TestContext,
  finish = (response: ServerResponse): unknown => response.end('second'),
) {
  let sent: (finish: () => void) => void = () => {}
  const halfway = new Promise<() => void>((resolve) => {
    sent = resolve
  })
  const host = await aServer(test, (request, response) => {
    response.setHeader('Api-Version', '1.51')
    response.setHeader('X-Docker-Container-Path-Stat', PATH_STAT)
    if (request.method === 'HEAD' || request.url?.includes('/_ping')) return response.end()
    response.write('first ')
    return sent(() => finish(response))
  })
  return { host, halfway }
}

/** What is there, once there is something. */
async function filesIn(folder: string): Promise<string[]> {
  for (;;) {
    const names = await readdir(folder)
    if (names.length > 0) return names
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function listening(test: TestContext, path: string): Promise<void> {
  const server = createServer().listen(path)
  await once(server, 'listening')
  test.after(() => server.close())
}
