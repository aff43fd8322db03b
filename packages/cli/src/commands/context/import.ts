import { createReadStream } from 'node:fs'
import { defineCommand } from '../../command.js'
import { contextStore } from '../../context-store.js'
import { fileFailure } from '../../flags/files.js'

const flags = {}

export const command = defineCommand({
  usage: 'CONTEXT FILE|-',
  flags,
  operands: { min: 2, max: 2 },
  async run({ cli, operands: [name = '', file = ''] }) {
    const store = await contextStore(cli)
    await store.import(name, file === '-' ? cli.stdin : fileBytes(file))
    cli.line(name)
    cli.complain(`Successfully imported context "${name}"`)
  },
})

async function* fileBytes(file: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* createReadStream(file)
  } catch (error) {
    throw fileFailure(file, error)
  }
}
