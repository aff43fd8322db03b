// What becomes of a command whose output nobody takes any more, next to docker's.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { cutOff, endOf, type Line, started } from '../support/endings.js'
import { APART, aName, aRunningContainer, IMAGE, onNewestEngine } from '../support/engines.js'
import { isRestored, reach } from '../support/terminal.js'
import { withoutDocker } from '../support/tools.js'

const FULL = '/dev/full'
const withoutFull = existsSync(FULL) ? false : `no ${FULL}`
/** Goes on for ever, and unlike `yes` it costs little as long as the container is there. */
const TALK = ['sh', '-c', 'while echo hi; do sleep 0.02; done']

onNewestEngine((engine) => {
  const { host } = engine
  const intoFull = async (line: Line) => {
    await using full = await open(FULL, 'w')
    return endOf(started(line, ['ignore', full.fd, 'pipe']))
  }

  describe('a reader that has had enough', { skip: withoutDocker }, () => {
    it('ends what goes on for ever as it ends docker', async (test) => {
      const { id } = await aRunningContainer(test, engine, TALK)
      for (const words of [['exec', id, ...TALK], ['logs', '-f', id], ['stats', id], ['stats']]) {
        const ours = await cutOff({ host, words })
        assert.deepEqual(ours, { exitCode: 141, stderr: '' }, words.join(' '))
        assert.deepEqual(ours, await cutOff({ host, words, by: 'docker' }), words.join(' '))
      }
    })
    for (const by of ['dockline', 'docker'] as const) {
      it(`of ${by} run leaves the container alone`, async (test) => {
        const name = aName(test, engine)
        const words = ['run', '--rm', ...APART, '--name', name, IMAGE, ...TALK]
        const { exitCode } = await cutOff({ host, words, by })
        // docker's run hears every signal, to pass it on, and takes this one for an error like any other.
        assert.equal(exitCode, by === 'docker' ? 1 : 141)
        const container = await engine.client.containers.get(name)
        assert.equal(container.attrs?.State?.Running, true)
      })
    }
    it('gets the terminal back that was raw', async (test) => {
      const { program } = await reach(test, engine, 'exec', ['yes'], {
        line: '"$@" | head -n 1; stty -a | grep -o -- "-\\?icanon"',
      })
      await program.screen.shows(/^icanon$/m)
      await program.ended()
      await isRestored(program)
    })
  })

  describe('output that cannot be kept', { skip: withoutFull || withoutDocker }, () => {
    const told = { exitCode: 1, stderr: 'write /dev/stdout: no space left on device\n' }
    it('is told in one line, in the words docker has for it', async (test) => {
      const { id } = await aRunningContainer(test, engine, ['sh', '-c', 'echo hi; sleep 600'])
      const rows = [
        ...[['version'], ['logs', id], ['exec', id, 'echo', 'hi'], ['save', IMAGE], ['export', id]],
        ...[
          ['cp', `${id}:/bin/busybox`, '-'],
          ['run', '--rm', ...APART, IMAGE, 'echo', 'hi'],
        ],
      ]
      for (const words of rows) {
        assert.deepEqual(await intoFull({ host, words }), told, words.join(' '))
        assert.deepEqual(await intoFull({ host, words, by: 'docker' }), told, words.join(' '))
      }
    })
    it('is told also where docker says nothing', async (test) => {
      const { id } = await aRunningContainer(test, engine)
      for (const words of [
        ['ps'],
        ['images'],
        ['inspect', id],
        ['events', '--since', '1h', '--until', '0s'],
      ]) {
        assert.deepEqual(await intoFull({ host, words }), told, words.join(' '))
      }
    })
  })
})
