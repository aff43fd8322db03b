import { writeFile } from 'node:fs/promises'
import type { Cli } from '../../cli.js'
import { defineCommand } from '../../command.js'
import { contextStore } from '../../context-store.js'
import { ExitError } from '../../errors.js'
import { fileFailure } from '../../flags/files.js'

const flags = {}

export const command = defineCommand({
  usage: '[OPTIONS] CONTEXT [FILE|-]',
  flags,
  operands: { min: 1, max: 2 },
  async run({ cli, operands: [name = '', file = `${name}.dockercontext`] }) {
    const store = await contextStore(cli)
    const archive = await store.export(name)
    if (file === '-') writeOut(cli, archive)
    else await writeNew(cli, file, archive)
  },
})

function writeOut(cli: Cli, archive: Buffer): void {
  if (cli.stdout.isTTY) {
    throw new ExitError('cowardly refusing to export to a terminal, specify a file path')
  }
  cli.stdout.write(archive)
}

/** Writes a new file. It holds a private key: no other user may read it, and it replaces no other file. */
async function writeNew(cli: Cli, file: string, archive: Buffer): Promise<void> {
  try {
    await writeFile(file, archive, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw fileFailure(file, error)
  }
  cli.complain(`Written file ${JSON.stringify(file)}`)
}
