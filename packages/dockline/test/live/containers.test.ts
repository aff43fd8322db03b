import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ConflictError, InvalidVersionError, NotFoundError, TimeoutError } from '#src/index.js'
import {
  aContainer,
  aRunningContainer,
  aSharedContainer,
  commandsIn,
  IMAGE,
  LABEL,
  onceFree,
  onEveryEngine,
} from '../support/engines.js'
import { PATIENT } from '../support/patience.js'

onEveryEngine((engine) => {
  const { client } = engine

  it('goes through the life of a container', PATIENT, async (test) => {
    const container = await aContainer(test, engine, ['sleep', '600'], { init: true })
    assert.equal(container.status, 'created')
    await container.start()
    await container.start()
    assert.equal((await container.reload()).status, 'running')
    await container.restart({ stopTimeout: 0 })
    assert.equal((await container.top('-o pid,args')).Titles?.length, 2)
    // An Engine reports a start before the command has replaced the program that starts it.
    while (!(await commandsIn(container)).some((command) => command.includes('sleep 600')));
    await container.kill('SIGTERM')
    assert.deepEqual(await container.wait(), { exitCode: 143 })
    await container.stop()
    assert.equal((await container.reload()).status, 'exited')
    await container.remove()
    await assert.rejects(container.inspect(), NotFoundError)
  })

  it('stops with the signal and the patience that were asked for', async (test) => {
    const command = ['sh', '-c', 'trap "exit 12" INT; touch /ready; while :; do sleep 0.1; done']
    const container = await aContainer(test, engine, command)
    await container.start()
    await container.exec(['sh', '-c', 'until [ -e /ready ]; do sleep 0.1; done'])
    if (await client.api.speaks('1.42')) {
      await container.stop({ stopSignal: 'SIGINT', stopTimeout: '5s' })
      assert.deepEqual(await container.wait(), { exitCode: 12 })
    } else {
      await assert.rejects(container.stop({ stopSignal: 'SIGINT' }), InvalidVersionError)
      await container.stop({ stopTimeout: 0 })
      assert.deepEqual(await container.wait(), { exitCode: 137 })
    }
  })

  it('lists in one request, and with details where that is asked for', async (test) => {
    const container = await aRunningContainer(test, engine, undefined, {
      labels: { [LABEL]: '', list: 'me' },
    })
    const [listed, ...more] = await client.containers.list({ filters: { label: ['list=me'] } })
    assert.equal(more.length, 0)
    assert.equal(listed?.id, container.id)
    assert.equal(listed?.name, container.name)
    assert.equal(listed?.status, 'running')
    assert.equal(listed?.attrs, undefined)
    const [detailed] = await client.containers.list({ filters: { label: 'list=me' }, inspect: true })
    assert.equal(detailed?.attrs?.Config?.Image, IMAGE)
  })

  it('finds a container by name, by the name with a slash, and by the beginning of its id', async (test) => {
    const container = await aContainer(test, engine, ['true'], { name: `dockline-named-${process.pid}` })
    for (const id of [`dockline-named-${process.pid}`, `/dockline-named-${process.pid}`, container.shortId]) {
      assert.equal((await client.containers.get(id)).id, container.id)
    }
  })

  it('refuses a name in use with ConflictError', async (test) => {
    const name = `dockline-twice-${process.pid}`
    await aContainer(test, engine, ['true'], { name })
    await assert.rejects(client.containers.create(IMAGE, ['true'], { name }), ConflictError)
  })

  it('waits no longer than the timeout', async () => {
    const container = await aSharedContainer(engine)
    await assert.rejects(container.wait({ timeout: 200 }), TimeoutError)
  })

  it('refuses to resize a container that does not run', async (test) => {
    const container = await aContainer(test, engine, ['sh'], { tty: true })
    await assert.rejects(container.resize({ columns: 80, rows: 24 }), ConflictError)
  })

  it('prunes what has stopped and fits the filters', async () => {
    const label = `prune-${process.pid}`
    const { container } = await client.containers.run(IMAGE, ['true'], {
      labels: { [LABEL]: '', [label]: '' },
    })
    const { ContainersDeleted } = await onceFree(() =>
      client.containers.prune({ filters: { label: [label] } }),
    )
    assert.deepEqual(ContainersDeleted, [container])
  })
})
