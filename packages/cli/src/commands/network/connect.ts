import { Network } from 'dockline'
import { defineCommand } from '../../command.js'
import { ExitError, requireName } from '../../errors.js'
import { int, list, sinceApi, text } from '../../flags/flag.js'
import { commaList } from '../../flags/lists.js'

const flags = {
  alias: commaList('Add network-scoped alias for the container'),
  'driver-opt': commaList('driver options for the network'),
  'gw-priority': sinceApi(
    '1.48',
    int('Highest gw-priority provides the default gateway. Accepts positive and negative values.'),
  ),
  ip: text('IPv4 address (e.g., "172.30.100.104")'),
  ip6: text('IPv6 address (e.g., "2001:db8::33")'),
  link: list('Add link to another container'),
  'link-local-ip': commaList('Add a link-local address for the container'),
}

export const command = defineCommand({
  usage: '[OPTIONS] NETWORK CONTAINER',
  flags,
  operands: { min: 2, max: 2 },
  async run({ cli, flags, operands: [network = '', container = ''] }) {
    if (flags['driver-opt'].some((option) => !/^[^=]+=/.test(option)))
      throw new ExitError('invalid key/value pair format in driver options')
    const { api } = await cli.client()
    await new Network(api, { Id: requireName(network, 'network') }).connect(requireName(container), {
      ...some('aliases', flags.alias),
      ...some('driverOpt', flags['driver-opt']),
      ...some('links', flags.link),
      ...some('linkLocalIps', flags['link-local-ip']),
      gwPriority: flags['gw-priority'],
      ip: flags.ip,
      ip6: flags.ip6,
    })
    return 0
  },
})

function some<Name extends string>(
  name: Name,
  values: readonly string[],
): { readonly [Key in Name]?: readonly string[] } {
  return values.length === 0 ? {} : ({ [name]: values } as { [Key in Name]: readonly string[] })
}
