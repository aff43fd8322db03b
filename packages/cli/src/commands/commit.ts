import { defineCommand } from '../command.js'
import { bool, list, text } from '../flags/flag.js'

const flags = {
  author: text('Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { short: 'a' }),
  change: list('Apply Dockerfile instruction to the created image', { short: 'c' }),
  message: text('Commit message', { short: 'm' }),
  pause: bool('Pause container during commit (default true)', 'p', { initial: true }),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER [REPOSITORY[:TAG]]',
  flags,
  operands: { min: 1, max: 2 },
  async run({ cli, flags: { author, change, message, pause }, operands: [name = '', repository] }) {
    const container = await cli.container(name)
    const changes = change.length === 0 ? undefined : change
    const { id } = await container.commit({
      ...{ repository, author, message, changes },
      // The Engine pauses by default.
      ...(pause ? {} : { pause }),
    })
    cli.line(id)
  },
})
