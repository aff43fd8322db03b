import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { InvalidArgumentError } from '#src/index.js'
import { engineHost } from '#src/models/containers/engine-host.js'
import { failureOf } from '../support/failure.js'
import { answer, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const DESKTOP = { OperatingSystem: 'Docker Desktop' }
const ROOTLESS = {
  OperatingSystem: 'Debian',
  SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'],
}
const ROOTFUL = { OperatingSystem: 'Debian', SecurityOptions: ['name=seccomp,profile=default'] }

const GATEWAY = '203.0.113.1'
const OWN_ADDRESS = Object.values(networkInterfaces()).flat()[0]?.address ?? '127.0.0.1'
const ID = 'c'.repeat(64)

const EVERYWHERE = { ip: '0.0.0.0', port: 1 }
const LOOPBACK = { ip: '127.0.0.1', port: 1 }

describe('the host of an Engine at a socket, for a process in a container', () => {
  it('is the gateway of its default network', async (test) => {
    const find = await inContainer(test, anEngine(ROOTFUL))
    assert.equal(await find(EVERYWHERE), GATEWAY)
    const error = await failureOf(find(LOOPBACK))
    assert.match(String(error), /published on 127\.0\.0\.1 of 203\.0\.113\.1, and only there/)
  })

  it('is this machine where that gateway is an address of its own', async (test) => {
    const find = await inContainer(test, anEngine(ROOTFUL, OWN_ADDRESS))
    assert.equal(await find(EVERYWHERE), '127.0.0.1')
  })

  it('is the name that Docker Desktop gives it, also for a port on its loopback address', async (test) => {
    const find = await inContainer(test, anEngine(DESKTOP))
    assert.equal(await find(EVERYWHERE), 'host.docker.internal')
    assert.equal(await find(LOOPBACK), 'host.docker.internal')
  })

  it('is this machine beside a rootless Engine, whose bridges are out of sight', async (test) => {
    const find = await inContainer(test, anEngine(ROOTLESS))
    assert.equal(await find(EVERYWHERE), '127.0.0.1')
    assert.equal(await find(LOOPBACK), '127.0.0.1')
  })

  it('has to be given in a container of a rootless Engine, but for Podman', async (test) => {
    const own = { [`GET /containers/${ID}/json`]: json({ Id: ID }) }
    const error = await failureOf((await inContainer(test, { ...anEngine(ROOTLESS), ...own }))(EVERYWHERE))
    assert.ok(error instanceof InvalidArgumentError)
    assert.match(error.message, /a rootless Engine has no fixed address .* \(give the option host/)

    const scripts = { ...anEngine(ROOTLESS), ...own, ...PODMAN, 'GET /networks/podman': aNetwork(GATEWAY) }
    assert.equal(await (await inContainer(test, scripts))(EVERYWHERE), GATEWAY)
  })
})

describe('a published port of an Engine at a socket beside this process', () => {
  for (const [name, info] of [
    ['Docker Desktop', DESKTOP],
    ['a rootless Engine', ROOTLESS],
  ] as const) {
    it(`of ${name} answers on the loopback address`, async (test) => {
      const server = createServer((_request, response) => response.end('here')).listen(0, '127.0.0.1')
      test.after(() => server.close())
      await once(server, 'listening')
      const binding = { ip: '0.0.0.0', port: (server.address() as AddressInfo).port }
      const host = await (await beside(test, anEngine(info)))(binding)
      const answered = await fetch(`http://${host}:${binding.port}`)
      assert.equal(await answered.text(), 'here')
    })
  }
})

describe('a port in the network of the host', () => {
  const port = { ip: '', port: 80, isInHostNetwork: true }

  it('is refused where a rootless Engine hides that network', async (test) => {
    const error = await failureOf((await beside(test, anEngine(ROOTLESS)))(port))
    assert.ok(error instanceof InvalidArgumentError)
    assert.match(error.message, /^the port 80 is in the network of the host, which a rootless Engine hides/)
  })

  it('is there for a process in that network, on other Engines, and on Podman', async (test) => {
    for (const scripts of [
      anEngine(ROOTLESS, OWN_ADDRESS),
      anEngine(ROOTFUL),
      { ...anEngine(ROOTLESS), ...PODMAN },
    ]) {
      assert.equal(await (await beside(test, scripts))(port), '127.0.0.1')
    }
  })
})

const PODMAN: Scripts = {
  'HEAD /_ping': answer(200, { 'Api-Version': '1.44', 'Libpod-API-Version': '5.8.6' }),
}

function anEngine(info: object, gateway = GATEWAY): Scripts {
  return {
    'GET /info': json(info),
    'GET /networks/bridge': aNetwork(gateway),
    [`GET /containers/${ID}/json`]: json({ message: 'no such container' }, 404),
  }
}

function aNetwork(Gateway: string) {
  return json({ IPAM: { Config: [{ Subnet: '203.0.113.0/24', Gateway }] } })
}

type Find = (binding: Parameters<typeof engineHost>[1]) => Promise<string>

/** What a process finds that has the files of a container. */
async function inContainer(test: TestContext, scripts: Scripts): Promise<Find> {
  const folder = await mkdtemp(join(tmpdir(), 'dl-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  const mounts = join(folder, 'mountinfo')
  await writeFile(
    mounts,
    `1 2 8:1 /var/lib/docker/containers/${ID}/hostname /etc/hostname rw - ext4 /dev/sda rw\n`,
  )
  return finder(test, scripts, { marks: [mounts], mounts })
}

function beside(test: TestContext, scripts: Scripts): Promise<Find> {
  return finder(test, scripts, { marks: [], mounts: '' })
}

async function finder(
  test: TestContext,
  scripts: Scripts,
  files: Parameters<typeof engineHost>[2]['files'],
): Promise<Find> {
  const { api } = (await FakeEngine.start(test, scripts)).client(test)
  await api.http.version()
  return (binding) => engineHost(api, binding, { files })
}
