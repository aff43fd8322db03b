import type { Cli } from '../../cli.js'
import { defineCommand } from '../../command.js'
import { explain } from '../../errors.js'
import { bool } from '../../flags/flag.js'

const flags = {
  why: bool('Also print where that leads, and what decided it (default when printing to a terminal)'),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags, given }) {
    cli.line(cli.context)
    // A script reads the name and nothing else, as docker prints it.
    const why = given.has('why') ? flags.why : cli.stdout.isTTY
    if (why) await explainChoice(cli)
  },
})

async function explainChoice(cli: Cli): Promise<void> {
  try {
    const client = await cli.client()
    const { address, reason, tls, proxy } = client.describe()
    const through = proxy === undefined ? '' : `, through the proxy ${proxy.address}, from ${proxy.reason}`
    cli.line(`${address} (${ENCRYPTION[tls]}), from ${reason.replace(/^context \S+, from /, '')}${through}`)
  } catch (error) {
    cli.complain(explain(error))
  }
}

const ENCRYPTION = {
  verified: 'TLS, the certificate is verified',
  unverified: 'TLS, the certificate is not verified',
  none: 'no TLS',
} as const
