import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { dockline, startDockline } from '../support/dockline.js'
import { aRunningContainer, aSharedContainer, onNewestEngine } from '../support/engines.js'
import { DocklineScreen } from '../support/screen.js'
import { aFolder } from '../support/scripted-engine.js'

const BUSY = ['sh', '-c', 'while :; do :; done']
/** Of one CPU: the rest of the tests need it as well. */
const A_QUARTER = { cpus: 0.25 }
const UNICODE = { LC_ALL: 'C.UTF-8' }

onNewestEngine((engine) => {
  describe('stats on a terminal', () => {
    it('draws one table over itself, and leaves it there after Ctrl-C', async (test) => {
      const { name = '' } = await aSharedContainer(engine)
      const screen = new DocklineScreen(test, engine.host, ['stats', name], { columns: 120 })
      await screen.shows(new RegExp(`CONTAINER ID +NAME[^\\n]*\\n[0-9a-f]{12} +${name} +\\d`))
      for (let times = 0; times < 3; times++) await screen.redrawn()
      assert.equal(screen.all().filter((line) => line.startsWith('CONTAINER ID')).length, 1)
      screen.type('\x03')
      assert.equal(await screen.exitCode, 130)
      assert.equal(screen.all().filter((line) => line.includes(name)).length, 1)
    })

    it('shows what starts while it runs, and drops what has stopped', async (test) => {
      const first = await aRunningContainer(test, engine)
      const screen = new DocklineScreen(test, engine.host, ['stats'], { columns: 120 })
      await screen.shows(new RegExp(`${first.name} +\\d`))
      const second = await aRunningContainer(test, engine)
      await screen.shows(new RegExp(`${second.name} +\\d`))
      await first.kill()
      await screen.looks(
        (lines) => !lines.some((line) => line.includes(first.name ?? '')),
        'drops what stopped',
      )
      screen.type('\x03')
      assert.equal(await screen.exitCode, 130)
    })

    it('ends by itself when the named containers are gone', async (test) => {
      const container = await aRunningContainer(test, engine)
      const screen = new DocklineScreen(test, engine.host, ['stats', container.id], { columns: 120 })
      await screen.shows(/0\.\d\d%/)
      await container.remove({ force: true })
      assert.equal(await screen.exitCode, 0)
    })

    it('--chart draws CPU and memory on a screen of its own, and gives the terminal back', async (test) => {
      const { name = '' } = await aRunningContainer(test, engine, BUSY, A_QUARTER)
      const args = ['stats', '--chart', name]
      const screen = new DocklineScreen(test, engine.host, args, { columns: 120, rows: 20, env: UNICODE })
      await screen.shows(
        new RegExp(`${name} {2}CPU [1-9]\\d*\\.\\d\\d% +MEM [\\d.]+\\w+ / [\\s\\S]*%┤[\\s\\S]*iB┤`),
      )
      screen.resize(80, 15)
      await screen.looks(
        (lines) => lines.length <= 15 && lines.every((line) => line.length <= 80),
        'fits again',
      )
      screen.type('\x03')
      assert.equal(await screen.exitCode, 130)
      assert.deepEqual(
        screen.all().filter((line) => line.includes('CPU')),
        [],
      )
    })

    it('--chart is refused where there is no terminal', async () => {
      const { exitCode, stdout, stderr } = await dockline(engine.host, ['stats', '--chart'])
      assert.deepEqual([exitCode, stdout], [1, ''])
      assert.match(stderr, /--chart draws on a terminal/)
    })
  })

  it('stats into a pipe writes tables one after the other, with nothing for a terminal', async () => {
    const { name = '' } = await aSharedContainer(engine)
    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const { process: child, ended } = startDockline(engine.host, ['stats', name])
      let text = ''
      child.stdout?.on('data', (data) => {
        text += String(data)
        if (text.split('CONTAINER ID').length > 3) child.kill(signal)
      })
      assert.equal((await ended).exitCode, exitCode)
      assert.ok(!text.includes('\x1b'))
      assert.match(text, new RegExp(`${name} +\\d`))
    }
  })

  it('cp tells into a pipe how much it has copied where --quiet=false asks for it', async (test) => {
    const { name = '' } = await aSharedContainer(engine)
    const file = join(await aFolder(test), 'file')
    await writeFile(file, 'hello\n')
    const words = [file, `${name}:/tmp`]
    const { stdout, stderr } = await dockline(engine.host, ['cp', '--quiet=false', ...words])
    assert.deepEqual([stdout, stderr], ['', `Successfully copied 2.05kB to ${name}:/tmp\n`])
    assert.equal((await dockline(engine.host, ['cp', ...words])).stderr, '')
  })

  it('cp tells on a terminal how much it has copied, but not with -q', async (test) => {
    const { name = '' } = await aSharedContainer(engine)
    const file = join(await aFolder(test), 'file')
    await writeFile(file, 'hello\n')
    const into = new DocklineScreen(test, engine.host, ['cp', file, `${name}:/tmp`], { columns: 200 })
    assert.equal(await into.exitCode, 0)
    await into.shows(new RegExp(`^Successfully copied 2\\.05kB to ${name}:/tmp$`))
    const out = new DocklineScreen(test, engine.host, ['cp', `${name}:/tmp/file`, `${file}-2`], {
      columns: 200,
    })
    assert.equal(await out.exitCode, 0)
    await out.shows(new RegExp(`^Successfully copied 2\\.05kB to ${file}-2$`))
    const quiet = new DocklineScreen(test, engine.host, ['cp', '-q', file, `${name}:/tmp`])
    assert.equal(await quiet.exitCode, 0)
    assert.deepEqual(quiet.all(), [])
  })

  it('export refuses a terminal', async (test) => {
    const { name = '' } = await aSharedContainer(engine)
    const screen = new DocklineScreen(test, engine.host, ['export', name], { columns: 200 })
    assert.equal(await screen.exitCode, 1)
    await screen.shows(/^cowardly refusing to save to a terminal\. Use the -o flag or redirect$/)
  })
})
