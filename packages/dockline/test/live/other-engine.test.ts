import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { DockerClient, InvalidVersionError } from '#src/index.js'
import { IMAGE } from '../support/engines.js'
import { failureOf } from '../support/failure.js'

const HOSTS = (process.env.DOCKLINE_TEST_HOSTS ?? '').split(',').filter((host) => host !== '')
const skip = HOSTS.length > 1 ? false : 'needs two Engines, the older one first'

it('agrees anew with an older Engine in the place of a newer one, and with a newer one again', {
  skip,
}, async (test) => {
  const [older = '', newer = ''] = [HOSTS[0], HOSTS.at(-1)]
  const versions = await Promise.all(
    [older, newer].map(async (host) => {
      await using client = new DockerClient({ host })
      return await client.api.version()
    }),
  )
  const place = await aPlace(test, newer)
  await using client = new DockerClient({ host: place.host })
  assert.equal(await client.api.version(), versions[1])
  await client.containers.list()
  place.lead(older)
  const { stdout } = await client.containers.run(IMAGE, ['echo', 'hi'], { remove: true })
  assert.equal(stdout, 'hi\n')
  assert.equal(await client.api.version(), versions[0])
  const lacking = await failureOf(client.api.system.df({ type: ['image'] }))
  assert.ok(lacking instanceof InvalidVersionError)
  place.lead(newer)
  await client.containers.list()
  await client.containers.list()
  assert.equal(await client.api.version(), versions[1])
})

/** A socket that leads to an Engine, and to another when it is told so: every connection ends then, as with a restart. */
async function aPlace(test: TestContext, first: string) {
  const folder = await mkdtemp(join(tmpdir(), 'dl-'))
  const sockets = new Set<Socket>()
  let to = first
  const server = createServer((near) => {
    const far = connect(to.replace('unix://', ''))
    near.pipe(far).pipe(near)
    for (const side of [near, far]) side.on('error', () => {}).once('close', () => sockets.delete(side))
    sockets.add(near).add(far)
  })
  const end = () => {
    for (const socket of sockets) socket.destroy()
  }
  server.listen(join(folder, 's'))
  await once(server, 'listening')
  test.after(async () => {
    end()
    server.close()
    await rm(folder, { recursive: true })
  })
  const lead = (host: string) => {
    to = host
    end()
  }
  return { host: `unix://${join(folder, 's')}`, lead }
}
