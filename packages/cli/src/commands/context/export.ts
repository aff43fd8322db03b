import { writeFile } from 'node:fs/promises'
import type { Cli } from '../../cli.js'
import { ExitError } from '../../errors.js'
import { type CommandSpec, defineCommand } from '../../flags/command.js'
import { fileFailure } from '../../flags/files.js'
import { contextStore } from './store.js'

const flags = {}

const spec: CommandSpec<typeof flags> = {
  name: 'context export',
  usage: '[OPTIONS] CONTEXT [FILE|-]',
  summary: 'Export a context to a tar archive FILE or a tar stream on STDOUT.',
  flags,
  operands: { min: 1, max: 2 },
  async run({ cli, operands: [name = '', file = `${name}.dockercontext`] }) {
    const store = await contextStore(cli)
    const archive = await store.export(name)
    if (file === '-') writeOut(cli, archive)
    else await writeNew(cli, file, archive)
  },
}

function writeOut(cli: Cli, archive: Buffer): void {
  if (cli.stdout.isTTY) {
    throw new ExitError('cowardly refusing to export to a terminal, specify a file path')
  }
  cli.stdout.write(archive)
}

/** It holds a private key: nobody else may read it, and no other file is replaced by it. */
async function writeNew(cli: Cli, file: string, archive: Buffer): Promise<void> {
  try {
    await writeFile(file, archive, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw fileFailure('open', file, error)
  }
  cli.complain(`Written file ${JSON.stringify(file)}`)
}

export const command = defineCommand(spec)
