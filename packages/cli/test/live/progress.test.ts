import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { it } from 'node:test'
import { IMAGE, onEveryEngine } from '../support/engines.js'
import { aRegistry, enginePid } from '../support/registry.js'
import { DocklineScreen } from '../support/screen.js'

onEveryEngine((engine) => {
  it('builds, pushes and pulls on a terminal, with a line for each layer', async (test) => {
    const pid = await enginePid(engine.host)
    if (pid === undefined) return test.skip('no throwaway Engine, where a registry could be')
    const name = `${await aRegistry(pid)}/dockline-cli-progress-${process.pid}`
    test.after(() => engine.client.images.remove(name, { force: true }).catch(() => {}))
    await engine.client.images.build({
      dockerfileContent: `FROM ${IMAGE}\nCOPY data /data\nCOPY more /more\n`,
      files: { data: randomBytes(3_000_000), more: randomBytes(1000) },
      tag: name,
      forceRemove: true,
    })
    const pushing = new DocklineScreen(test, engine.host, ['push', name], { columns: 120 })
    assert.equal(await pushing.exitCode, 0)
    await pushing.shows(/digest: sha256:[0-9a-f]{64}/)
    const pushed = pushing.all().filter((line) => /^[0-9a-f]{12}: Pushed/.test(line))
    assert.equal(pushed.length, 3, pushing.all().join('\n'))

    await engine.client.images.remove(name)
    const pulling = new DocklineScreen(test, engine.host, ['pull', name], { columns: 50, rows: 6 })
    assert.equal(await pulling.exitCode, 0)
    await pulling.shows(/:latest$/)
    const pulled = pulling.all().filter((line) => /^[0-9a-f]{12}: (Pull complete|Already exists)$/.test(line))
    assert.equal(pulled.length, 3, pulling.all().join('\n'))
    assert.equal(pulling.column, 0)
  })
})
