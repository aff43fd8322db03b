import { findBuilder } from '../../build/builder.js'
import { builderFlag } from '../../build/builder-flag.js'
import { builderText } from '../../build/workers.js'
import { type CommandSpec, defineCommand } from '../../flags/command.js'
import { bool } from '../../flags/flag.js'

const flags = {
  bootstrap: bool('Ensure builder has booted before inspecting'),
  builder: builderFlag,
}

const spec: CommandSpec<typeof flags> = {
  name: 'buildx inspect',
  usage: '[NAME]',
  summary: 'Inspect current builder instance',
  flags,
  operands: { min: 0, max: 1 },
  async run({ cli, flags: { builder }, operands: [name = builder] }) {
    cli.write(builderText(await findBuilder(cli, name)))
  },
}

export const command = defineCommand(spec)
