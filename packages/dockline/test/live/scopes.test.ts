import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { IMAGE, LABEL, onEveryEngine, onNewestEngine } from '../support/engines.js'
import { PATIENCE_MS } from '../support/patience.js'
import { partsOf, reapersOf, startScope, untilEnded } from '../support/scopes.js'

/** How many processes are killed, each at another moment. With 20, as they are by hand, each has 10 containers. */
const KILLS = Number(process.env.DOCKLINE_TEST_KILLS ?? 2)
const CONTAINERS = KILLS >= 20 ? 10 : 2
/** Two networks, two volumes and the containers: a line when each is begun, and one when it is made. */
const LINES = 2 * (4 + CONTAINERS)

onEveryEngine((engine) => {
  const { client, host } = engine

  it('removes all that was made through a scope, and nothing else', async (test) => {
    const scope = client.scope({ labels: { [LABEL]: '' } })
    test.after(() => scope.down())
    const outside = await client.volumes.create({ labels: { [LABEL]: '' } })
    test.after(() => outside.remove())
    const network = await scope.networks.create(`${scope.id}-net`)
    const container = await scope.containers.run(IMAGE, ['sleep', '600'], {
      detach: true,
      network: network.name,
      volumes: { [outside.name]: '/outside', [`${scope.id}-named`]: '/named' },
      mounts: [{ type: 'volume', source: `${scope.id}-mounted`, target: '/mounted' }],
    })
    await container.commit({ repository: `${scope.id}-committed` })
    const { image } = await scope.images.build({ files: {}, dockerfileContent: `FROM ${IMAGE}\nLABEL a=b\n` })
    const parts = await partsOf(client, scope.id)
    assert.deepEqual(
      parts.map((part) => part.split(' ')[0]),
      ['container', 'network', 'volume', 'volume', 'image', 'image'],
    )
    await scope.down()
    assert.deepEqual(await partsOf(client, scope.id), [])
    assert.equal((await outside.inspect()).Name, outside.name)
    await assert.rejects(client.images.get(image?.id ?? ''), { code: 'ERR_DOCKER_IMAGE_NOT_FOUND' })
  })

  it('leaves a container alone whose image was made of one of its containers', async (test) => {
    const scope = client.scope({ labels: { [LABEL]: '' } })
    test.after(() => scope.down())
    const inside = await scope.containers.create(IMAGE, 'true')
    const image = await client.containers.ref(inside.id).commit({ repository: `${scope.id}-outside` })
    const outside = await client.containers.create(image.id, 'true')
    test.after(async () => {
      await outside.remove()
      await image.remove({ force: true })
    })
    const again = await scope.containers.create(image.id, 'true')
    const listed = await scope.containers.list({ all: true })
    assert.deepEqual(listed.map(({ id }) => id).sort(), [inside.id, again.id].sort())
    await scope.containers.prune()
    await scope.down()
    assert.equal((await outside.inspect()).State?.Status, 'created')
    for (const gone of [inside, again]) await assert.rejects(gone.inspect(), { code: 'ERR_DOCKER_NOT_FOUND' })
  })

  describe('a process that is killed', () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const line = Math.floor(Math.random() * (LINES + 1))
      it(`leaves nothing of its scope, after line ${line} of ${LINES}`, async (test) => {
        const { child, scope, read } = await startScope(test, client, { host, containers: CONTAINERS })
        await read(line)
        const reaper = reapersOf(child.pid)
        child.kill('SIGKILL')
        const killedAt = Date.now()
        let goneAt = killedAt
        const ended = untilEnded(reaper)
        for (const over = ended.then(() => true); !(await Promise.race([over, pause(200)])); )
          if ((await partsOf(client, scope)).length > 0) goneAt = Date.now()
        test.diagnostic(`the last part was seen ${goneAt - killedAt} ms after the kill`)
        assert.deepEqual(await partsOf(client, scope), [])
      })
    }
  })
})

onNewestEngine(({ client, host }) => {
  describe('the end of a process with a scope', () => {
    it('by a signal comes when the scope is gone, and by that signal', async (test) => {
      const { child, scope, full, ended } = await startScope(test, client, { host, containers: 1 })
      await full
      child.kill('SIGTERM')
      assert.equal((await ended).signal, 'SIGTERM')
      assert.deepEqual(await partsOf(client, scope), [])
    })

    it('by a signal removes the scope without a reaper, too', async (test) => {
      const { child, scope, full, ended } = await startScope(test, client, { host, way: 'without a reaper' })
      await full
      assert.deepEqual(reapersOf(child.pid), [])
      child.kill('SIGINT')
      assert.equal((await ended).signal, 'SIGINT')
      assert.deepEqual(await partsOf(client, scope), [])
    })

    it('by an exception that nobody catches is the same, and the scope is gone', async (test) => {
      const { scope, ended } = await startScope(test, client, { host, way: 'an exception' })
      const { code, stderr } = await ended
      assert.equal(code, 1)
      assert.match(
        stderr,
        /throw new Error\('nobody catches this'\);?\n\s+\^\n\nError: nobody catches this\n\s+at /,
      )
      assert.deepEqual(await partsOf(client, scope), [])
    })

    it('by process.exit() has its code, and the scope is gone', async (test) => {
      const { scope, ended } = await startScope(test, client, { host, way: 'an exit' })
      assert.equal((await ended).code, 7)
      assert.deepEqual(await partsOf(client, scope), [])
    })

    it('is left to a handler of the program', async (test) => {
      const { child, scope, full, ended } = await startScope(test, client, { host, way: 'its own handler' })
      await full
      child.kill('SIGINT')
      assert.equal((await ended).code, 9)
      assert.deepEqual(await partsOf(client, scope), [])
    })

    it('is left to a library that ends the process as the last listener, and then to the reaper', async (test) => {
      const { child, scope, full, ended } = await startScope(test, client, { host, way: 'a last listener' })
      await full
      const reapers = reapersOf(child.pid)
      child.kill('SIGINT')
      assert.equal((await ended).signal, 'SIGINT')
      await untilEnded(reapers)
      assert.deepEqual(await partsOf(client, scope), [])
    })

    it('comes by itself when the program has nothing left to do', async (test) => {
      const { scope, ended } = await startScope(test, client, { host, way: 'the end' })
      assert.deepEqual(await ended, { code: 0, signal: null, stderr: '' })
      assert.deepEqual(await partsOf(client, scope), [])
    })
  })

  it('the scopes of a process share a reaper, and get another one when it was killed', async (test) => {
    const scopes = [client.scope(), client.scope()]
    test.after(() => Promise.all(scopes.map((scope) => scope.down())))
    const fill = () => Promise.all(scopes.map(({ volumes }) => volumes.create({ labels: { [LABEL]: '' } })))
    await fill()
    const [reaper = 0, ...more] = reapersOf(process.pid)
    assert.deepEqual(more, [])
    const command = readFileSync(`/proc/${reaper}/cmdline`, 'utf8').split('\0')
    assert.deepEqual(command.slice(2), ['linger', ''])
    process.kill(reaper, 'SIGKILL')
    const limit = AbortSignal.timeout(PATIENCE_MS)
    const isThere = () => reapersOf(process.pid).some((pid) => pid !== reaper)
    while (!isThere()) await pause(50, undefined, { signal: limit })
  })

  it('another process removes a scope by its id', async (test) => {
    const { child, scope, full } = await startScope(test, client, { host })
    await full
    await client.scope({ id: scope }).down()
    assert.deepEqual(await partsOf(client, scope), [])
    assert.equal(child.exitCode, null)
  })
})
