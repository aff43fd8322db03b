import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { Cli } from '../cli.js'
import { defineCommand } from '../command.js'
import { ExitError } from '../errors.js'
import { fileFailure } from '../flags/files.js'
import { bool, sinceApi, text } from '../flags/flag.js'
import { showProgress } from '../progress/index.js'

const flags = {
  input: text('Read from tar archive file, instead of STDIN', { short: 'i' }),
  platform: sinceApi(
    '1.48',
    text('Load only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")'),
  ),
  quiet: bool('Suppress the load output', 'q'),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { input, platform, quiet } }) {
    const tar = input ? await openFile(input) : pipedIn(cli)
    const client = await cli.client()
    const loading = client.images.load(tar, {
      quiet: quiet || cli.stdout.isTTY !== true,
      ...(platform && { platform }),
    })
    await showProgress(cli.stdout, loading.progress())
  },
})

function pipedIn({ stdin }: Cli): Readable {
  if (stdin.isTTY) throw new ExitError('requested load from stdin, but stdin is empty')
  return stdin
}

/** That a file cannot be read is known before anything is sent. */
export async function openFile(path: string): Promise<Readable> {
  // A folder can be opened, and no more.
  if (await isFolder(path)) throw new ExitError(`read ${path}: is a directory`)
  return createReadStream(path)
}

async function isFolder(path: string): Promise<boolean> {
  try {
    const file = await open(path)
    const stats = await file.stat().finally(() => file.close())
    return stats.isDirectory()
  } catch (error) {
    throw fileFailure(path, error)
  }
}
