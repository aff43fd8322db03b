// The exit code is that of the process, whatever ends before it: the input, the output or the connection.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { docker, dockline } from '../support/dockline.js'
import { APART, aName, IMAGE, onEveryEngine } from '../support/engines.js'
import { withoutDocker } from '../support/tools.js'

const READER = ['sh', '-c', 'read line; echo "got $line"; sleep 1; exit 7']

onEveryEngine((engine) => {
  const { host } = engine

  describe('an input that ends before a process whose stdin stays open', { concurrency: 2 }, () => {
    it('leaves attach waiting for the exit code, as docker does', { skip: withoutDocker }, async (test) => {
      for (const command of [docker, dockline]) {
        const name = aName(test, engine)
        await dockline(host, ['run', '-di', ...APART, '--name', name, IMAGE, ...READER])
        const { exitCode, stdout } = await command(host, ['attach', name], { input: 'hi\n' })
        assert.equal(exitCode, 7)
        // docker is let go by the Engine at the end of its input, and sees no more.
        if (command === dockline) assert.equal(stdout, 'got hi\n')
      }
    })

    it('leaves start -ai waiting for the exit code', async (test) => {
      const name = aName(test, engine)
      await dockline(host, ['run', '-di', ...APART, '--name', name, IMAGE, ...READER])
      await dockline(host, ['attach', name], { input: 'once\n' })
      const { exitCode, stdout } = await dockline(host, ['start', '-ai', name], { input: 'again\n' })
      assert.deepEqual([exitCode, stdout], [7, 'got again\n'])
    })
  })

  describe('a connection that ends before the process', { concurrency: 3 }, () => {
    it('leaves run with the exit code, and says that output was lost', async (test) => {
      const command = ['sh', '-c', 'echo one; sleep 2; echo two; exit 7']
      const { exitCode, stdout, stderr } = await cutShort(test, ['run', '--rm', ...APART, IMAGE, ...command])
      assert.deepEqual([exitCode, stdout], [7, 'one\n'])
      assert.match(stderr, /^dockline: the connection ended before container \w+ did.*: output was lost/)
    })

    it('leaves run with the exit code and no word where nothing was lost', async (test) => {
      const command = ['sh', '-c', 'echo one; sleep 2; exit 7']
      const { exitCode, stdout, stderr } = await cutShort(test, ['run', '--rm', ...APART, IMAGE, ...command])
      assert.deepEqual([exitCode, stdout, stderr], [7, 'one\n', ''])
    })

    it('is no success of an exec that succeeds', async (test) => {
      const name = aName(test, engine)
      await dockline(host, ['run', '-d', '--init', ...APART, '--name', name, IMAGE, 'sleep', '60'])
      const { exitCode, stderr } = await cutShort(test, [
        'exec',
        name,
        'sh',
        '-c',
        'echo one; sleep 2; echo two',
      ])
      assert.equal(exitCode, 1)
      assert.match(stderr, /^the connection ended before exec \w+ did/)
    })

    /** Runs it through something that politely ends a hijacked connection once there was output. */
    async function cutShort(test: TestContext, words: readonly string[]) {
      const folder = await mkdtemp(join(tmpdir(), 'dl-'))
      const server = createServer({ allowHalfOpen: true }, (near) => {
        const far = connect({ path: host.replace('unix://', ''), allowHalfOpen: true })
        near.pipe(far).pipe(near)
        let hijacked = false
        near.on('data', (bytes) => {
          hijacked ||= /^upgrade: tcp/im.test(bytes.toString('latin1'))
        })
        far.on('data', (bytes) => {
          if (!hijacked || !bytes.includes('one\n')) return
          far.unpipe(near).resume()
          near.end()
        })
        for (const each of [near, far]) each.on('error', () => {})
        near.once('close', () => far.destroy())
      })
      server.listen(join(folder, 's'))
      await once(server, 'listening')
      test.after(async () => {
        server.close()
        await rm(folder, { recursive: true, force: true })
      })
      return dockline(`unix://${join(folder, 's')}`, words)
    }
  })
})
