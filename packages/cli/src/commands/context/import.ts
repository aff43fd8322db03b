import { createReadStream } from 'node:fs'
import { type CommandSpec, defineCommand } from '../../flags/command.js'
import { fileFailure } from '../../flags/files.js'
import { contextStore } from './store.js'

const flags = {}

const spec: CommandSpec<typeof flags> = {
  name: 'context import',
  usage: 'CONTEXT FILE|-',
  summary: 'Import a context from a tar or zip file',
  flags,
  operands: { min: 2, max: 2 },
  async run({ cli, operands: [name = '', file = ''] }) {
    const store = await contextStore(cli)
    await store.import(name, file === '-' ? cli.stdin : fileBytes(file))
    cli.line(name)
    cli.complain(`Successfully imported context "${name}"`)
  },
}

async function* fileBytes(file: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* createReadStream(file)
  } catch (error) {
    throw fileFailure('open', file, error)
  }
}

export const command = defineCommand(spec)
