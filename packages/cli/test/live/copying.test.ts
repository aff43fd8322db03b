import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { BIN, docker, dockline } from '../support/dockline.js'
import { aSharedContainer, onEveryEngine } from '../support/engines.js'
import { aFolder } from '../support/scripted-engine.js'

const run = promisify(execFile)

onEveryEngine((engine) => {
  const { host } = engine

  describe('cp', () => {
    for (const [source, found] of [
      ['.', ['/here/leaf', '/here/tree/bud']],
      ['./', ['/here/leaf', '/here/tree/bud']],
      ['tree/./', ['/here/bud']],
      ['tree/', ['/here/tree/bud']],
      ['tree', ['/here/tree/bud']],
    ] as const) {
      it(`copies ${source} of the working folder as docker does`, async (test) => {
        const container = await aSharedContainer(engine)
        const cwd = await aFolder(test)
        await mkdir(join(cwd, 'tree'))
        await writeFile(join(cwd, 'leaf'), '')
        await writeFile(join(cwd, 'tree', 'bud'), '')
        await container.exec(['sh', '-c', 'rm -rf /here && mkdir /here'])
        const env = { ...process.env, DOCKER_HOST: host }
        await run(process.execPath, [BIN, 'cp', source, `${container.id}:/here`], { cwd, env })
        const { stdout } = await container.exec(['find', '/here', '-type', 'f'])
        assert.deepEqual(stdout.trim().split('\n').sort(), found)
      })
    }

    it('goes on without sockets, and says so of each, as docker does', async (test) => {
      const container = await aSharedContainer(engine)
      const folder = await aFolder(test)
      await writeFile(join(folder, 'leaf'), '')
      const socket = join(folder, 'socket')
      const server = createServer().listen(socket)
      await once(server, 'listening')
      test.after(() => server.close())
      const copies = await Promise.all(
        [docker, dockline].map(async (command) => {
          const place = `/without-${command.name}`
          const { exitCode, stderr } = await command(host, ['cp', folder, `${container.id}:${place}`])
          return [exitCode, stderr, (await container.exec(['ls', place])).stdout]
        }),
      )
      assert.deepEqual(copies[1], [
        0,
        `WARNING: left out ${socket} (a socket), which no tar can have\n`,
        'leaf\n',
      ])
      const [exitCode, stderr, listed] = copies[0] ?? []
      assert.deepEqual([exitCode, listed], [0, 'leaf\n'])
      assert.match(String(stderr), /sockets not supported/)
    })

    it('makes names that are no text, pipes and devices as docker does', async (test) => {
      const container = await aSharedContainer(engine)
      await container.exec([
        'sh',
        '-c',
        'mkdir /d; cd /d; echo x > "$(printf "f\\377")"; mkfifo -m 640 pipe; mknod -m 620 null c 1 3',
      ])
      const listed = await Promise.all(
        [dockline, docker].map(async (command) => {
          const folder = await aFolder(test)
          const { exitCode, stderr } = await command(host, ['cp', `${container.id}:/d`, folder])
          assert.deepEqual([exitCode, stderr], [0, ''])
          const find = ['-c', 'find d -printf "%p %y %m %l " | od -c; stat -c "%t %T" d/null', 'sh']
          return (await run('sh', find, { cwd: folder })).stdout
        }),
      )
      assert.equal(listed[0], listed[1])
    })
  })
})
