import { findBuilder } from '../../build/builder.js'
import { builderFlag } from '../../build/builder-flag.js'
import { builderText } from '../../build/workers.js'
import { defineCommand } from '../../command.js'
import { bool } from '../../flags/flag.js'

const flags = {
  bootstrap: bool('Ensure builder has booted before inspecting'),
  builder: builderFlag,
}

export const command = defineCommand({
  usage: '[NAME]',
  flags,
  operands: { min: 0, max: 1 },
  async run({ cli, flags: { builder }, operands: [name = builder] }) {
    cli.write(builderText(await findBuilder(cli, name)))
  },
})
