import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { BIN, dockline } from '../support/dockline.js'
import { aRunningContainer, onEveryEngine } from '../support/engines.js'
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
        const container = await aRunningContainer(test, engine)
        const cwd = await aFolder(test)
        await mkdir(join(cwd, 'tree'))
        await writeFile(join(cwd, 'leaf'), '')
        await writeFile(join(cwd, 'tree', 'bud'), '')
        await container.exec(['mkdir', '/here'])
        const env = { ...process.env, DOCKER_HOST: host }
        await run(process.execPath, [BIN, 'cp', source, `${container.id}:/here`], { cwd, env })
        const { stdout } = await container.exec(['find', '/here', '-type', 'f'])
        assert.deepEqual(stdout.trim().split('\n').sort(), found)
      })
    }

    it('warns of pipes and devices, which it leaves out', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aRunningContainer(test, engine)])
      await container.exec(['sh', '-c', 'mkdir /d && echo x > /d/f && mkfifo /d/pipe && mknod /d/null c 1 3'])
      const { exitCode, stderr } = await dockline(host, ['cp', `${container.id}:/d`, folder])
      assert.equal(exitCode, 0)
      assert.deepEqual(stderr.trim().split('\n').sort(), [
        'WARNING: left out d/null (a device), which cannot be made here',
        'WARNING: left out d/pipe (a named pipe), which cannot be made here',
      ])
      assert.deepEqual(await readdir(join(folder, 'd')), ['f'])
    })
  })
})
