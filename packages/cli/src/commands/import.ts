import { type DockerClient, Transfer } from 'dockline'
import { parseReference } from 'dockline/syntax'
import { type Call, defineCommand } from '../command.js'
import { list, text } from '../flags/flag.js'
import { platformFlag } from '../flags/platform.js'
import { showProgress } from '../progress/index.js'
import { openFile } from './load.js'

const flags = {
  change: list('Apply Dockerfile instruction to the created image', { short: 'c' }),
  message: text('Set commit message for imported image', { short: 'm' }),
  platform: platformFlag,
}
type ImportCall = Call<typeof flags>

export const command = defineCommand({
  usage: '[OPTIONS] file|URL|- [REPOSITORY[:TAG]]',
  flags,
  operands: { min: 1, max: 2 },
  async run(call) {
    const [source = ''] = call.operands
    const client = await call.cli.client()
    await (/^https?:\/\//.test(source) ? importUrl(call, client) : importFile(call, client))
  },
})

async function importFile({ cli, flags, operands }: ImportCall, client: DockerClient): Promise<void> {
  const [source = '', repository] = operands
  const tar = source === '-' ? cli.stdin : await openFile(source)
  const { change: changes, message } = flags
  const platform = flags.platform || undefined
  const importing = client.images.import(tar, { repository, changes, message, platform })
  await showProgress(cli.stdout, importing.progress())
}

/** The Engine fetches it, which is not for the library's `import` of a tar. */
async function importUrl({ cli, flags, operands }: ImportCall, client: DockerClient): Promise<void> {
  const [fromSrc = '', name] = operands
  const { repository: repo, tag = 'latest' } = name === undefined ? {} : parseReference(name)
  const { change: changes, message } = flags
  const platform = flags.platform || undefined
  const query = { fromSrc, ...(repo && { repo, tag }), changes, message, platform }
  const importing = new Transfer({ messages: () => client.api.images.import(query), finish: () => {} })
  await showProgress(cli.stdout, importing.progress())
}
