import { defineCommand } from '../command.js'
import { bool, isExact, text } from '../flags/flag.js'

const MOMENT = '(e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)'

const flags = {
  details: bool('Show extra details provided to logs'),
  follow: bool('Follow log output', 'f'),
  since: text(`Show logs since timestamp ${MOMENT}`),
  tail: text('Number of lines to show from the end of the logs', { short: 'n', initial: 'all' }),
  timestamps: bool('Show timestamps', 't'),
  until: text(`Show logs before a timestamp ${MOMENT}`),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags, operands: [name = ''] }) {
    const { details, follow, timestamps } = flags
    const tail = tailOf(flags.tail)
    const [since, until] = [flags.since || undefined, flags.until || undefined]
    const container = await cli.inspected(name)
    await container.logs({ details, follow, since, tail, timestamps, until }).pipe(cli.stdout, cli.stderr)
  },
})

/** For docker all is what is no number, and a negative one too. */
function tailOf(given = ''): number | 'all' {
  return /^\+?\d+$/.test(given) && isExact(Number(given)) ? Number(given) : 'all'
}
