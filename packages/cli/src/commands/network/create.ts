import type { NetworkCreateOptions } from 'dockline'
import { type Call, defineCommand } from '../../command.js'
import { bool, text } from '../../flags/flag.js'
import { ipamFlags, ipamOptions } from '../../flags/ipam.js'
import { labels, pairs, pairsOf } from '../../flags/lists.js'

const flags = {
  ...ipamFlags,
  attachable: bool('Enable manual container attachment'),
  'config-from': text('The network from which to copy the configuration'),
  'config-only': bool('Create a configuration only network'),
  driver: text('Driver to manage the Network', { short: 'd', initial: 'bridge' }),
  ingress: bool('Create swarm routing-mesh network'),
  internal: bool('Restrict external access to the network'),
  ipv4: bool('Enable or disable IPv4 address assignment (default true)', undefined, { initial: true }),
  ipv6: bool('Enable or disable IPv6 address assignment'),
  label: labels('Set metadata on a network'),
  opt: pairs('Set driver specific options', { short: 'o' }),
  scope: text("Control the network's scope"),
}

export const command = defineCommand({
  usage: '[OPTIONS] NETWORK',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags, given, operands: [name = ''] }) {
    const options = createOptions(flags, given)
    const client = await cli.client()
    const { id } = await client.networks.create(name, options)
    cli.line(id)
  },
})

/** What was not given is left to the Engine. */
function createOptions(
  values: Call<typeof flags>['flags'],
  given: ReadonlySet<string>,
): NetworkCreateOptions {
  const { attachable, driver, ingress, internal, ipv4, ipv6, label, opt, scope } = values
  return {
    driver,
    attachable,
    ingress,
    internal,
    scope,
    options: pairsOf(opt),
    labels: pairsOf(label),
    ipam: ipamOptions(values),
    configOnly: values['config-only'],
    configFrom: values['config-from'],
    // True is the default, which Engines before API 1.48 know by no name.
    ...(!ipv4 && { enableIpv4: false }),
    ...(given.has('ipv6') && { enableIpv6: ipv6 }),
  }
}
