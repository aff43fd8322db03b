import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from '#src/errors.js'
import { type ContainerCreateOptions, createRequest, endpointSettings } from '#src/models/options/index.js'

const bodyOf = (options: ContainerCreateOptions) => createRequest('alpine', undefined, options).body

function refuses(call: () => unknown, message: RegExp): void {
  assert.throws(call, (error) => error instanceof InvalidArgumentError && message.test(error.message))
}

describe('networks', () => {
  test('a network alone is a mode: the Engine makes the endpoint', () => {
    assert.deepEqual(bodyOf({ network: 'web' }), { Image: 'alpine', HostConfig: { NetworkMode: 'web' } })
  })

  test('aliases go to the endpoint of the network', () => {
    const expected = {
      Image: 'alpine',
      HostConfig: { NetworkMode: 'web' },
      NetworkingConfig: { EndpointsConfig: { web: { Aliases: ['a', 'b'] } } },
    }
    assert.deepEqual(bodyOf({ network: 'web', networkAliases: ['a', 'b'] }), expected)
    assert.deepEqual(bodyOf({ network: 'web', networkAliases: ['a', 'b'] }), expected)
    assert.deepEqual(bodyOf({ hostConfig: { NetworkMode: 'web' }, networkAliases: ['a', 'b'] }), expected)
  })

  test('settings by network are sent for every network, and the joined one is among them', () => {
    const networks = {
      back: {
        aliases: ['db'],
        links: { a: 'b' },
        ip: '10.0.0.2',
        ip6: '::2',
        linkLocalIps: ['169.254.1.1'],
        driverOpt: { mtu: 1400 },
        macAddress: '02:42:ac:11:00:02',
        gwPriority: 1,
      },
      plain: null,
    }
    assert.deepEqual(bodyOf({ network: 'web', networks }), {
      Image: 'alpine',
      HostConfig: { NetworkMode: 'web' },
      NetworkingConfig: {
        EndpointsConfig: {
          back: {
            Aliases: ['db'],
            Links: ['a:b'],
            DriverOpts: { mtu: '1400' },
            MacAddress: '02:42:ac:11:00:02',
            GwPriority: 1,
            IPAMConfig: { IPv4Address: '10.0.0.2', IPv6Address: '::2', LinkLocalIPs: ['169.254.1.1'] },
          },
          plain: {},
          web: {},
        },
      },
    })
  })

  test("the Engine's NetworkingConfig is taken as well", () => {
    const EndpointsConfig = {
      web: { Aliases: ['a'], IPAMConfig: { IPv4Address: '10.0.0.2' }, NetworkID: 'x' },
    }
    assert.deepEqual(bodyOf({ network: 'web', networks: { EndpointsConfig } }).NetworkingConfig, {
      EndpointsConfig,
    })
  })

  test('a MAC address is sent where old Engines look for it and where new ones do', () => {
    const macAddress = '02:42:ac:11:00:02'
    const sent = (options: ContainerCreateOptions) => {
      const { MacAddress, NetworkingConfig } = bodyOf({ macAddress, ...options })
      assert.equal(MacAddress, macAddress)
      return NetworkingConfig?.EndpointsConfig
    }
    assert.deepEqual(sent({}), { default: { MacAddress: macAddress } })
    assert.deepEqual(sent({ network: 'web' }), { web: { MacAddress: macAddress } })
    assert.deepEqual(sent({ network: 'web', networks: { db: {} } }), {
      db: {},
      web: { MacAddress: macAddress },
    })
    assert.equal(sent({ network: 'host' }), undefined)
    assert.equal(sent({ network: 'container:a' }), undefined)
  })

  test('a MAC address is for the only network, which is the one to join, and joins no other', () => {
    const macAddress = '02:42:ac:11:00:02'
    for (const NetworkMode of [undefined, '', 'default', 'bridge']) {
      const { HostConfig, NetworkingConfig } = bodyOf({
        macAddress,
        networks: { web: { ip: '10.0.0.2' } },
        hostConfig: { NetworkMode },
      })
      assert.deepEqual(HostConfig, { NetworkMode: 'web' })
      const web = { MacAddress: macAddress, IPAMConfig: { IPv4Address: '10.0.0.2' } }
      assert.deepEqual(NetworkingConfig, { EndpointsConfig: { web } })
    }
    const own = bodyOf({ macAddress, networks: { web: {}, db: {} }, hostConfig: { NetworkMode: 'web' } })
    assert.deepEqual(own.NetworkingConfig?.EndpointsConfig, { web: { MacAddress: macAddress }, db: {} })
    const listed = bodyOf({
      macAddress,
      networks: { bridge: {}, db: {} },
      hostConfig: { NetworkMode: 'bridge' },
    })
    assert.deepEqual(listed.NetworkingConfig?.EndpointsConfig?.bridge, { MacAddress: macAddress })
    refuses(
      () => bodyOf({ macAddress, networks: { web: {}, db: {} } }),
      /^macAddress is for one of the networks: name it with network/,
    )
  })

  test('the network of hostConfig is among the others, unless it is what Engines say where nobody named one', () => {
    const endpoints = (NetworkMode: string) =>
      bodyOf({ hostConfig: { NetworkMode }, networks: { db: {} } }).NetworkingConfig?.EndpointsConfig
    assert.deepEqual(endpoints('web'), { db: {}, web: {} })
    const inspected = { hostConfig: { NetworkMode: 'b1d' }, networks: { web: { NetworkID: 'b1d' } } }
    assert.deepEqual(bodyOf(inspected).NetworkingConfig?.EndpointsConfig, inspected.networks)
    for (const mode of ['', 'default', 'bridge']) assert.deepEqual(endpoints(mode), { db: {} })
  })

  test('what cannot hold together is refused', () => {
    for (const options of [{}, { network: 'host' }, { network: 'bridge' }, { network: 'container:a' }]) {
      refuses(() => bodyOf({ ...options, networkAliases: ['a'] }), /^networkAliases needs a network/)
    }
    refuses(
      () => bodyOf({ networks: { web: { alias: ['a'] } } } as object),
      /^unknown option 'alias' of networks.web, did you mean 'aliases'\?$/,
    )
  })

  test('an endpoint can be made apart, for connecting later', () => {
    assert.deepEqual(endpointSettings({ ip: '10.0.0.2', IPAMConfig: { LinkLocalIPs: ['a'] } }), {
      IPAMConfig: { LinkLocalIPs: ['a'], IPv4Address: '10.0.0.2' },
    })
  })
})
