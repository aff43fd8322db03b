import { formatReference, parseReference } from 'dockline/syntax'
import { defineCommand } from '../command.js'
import { ExitError } from '../errors.js'
import { bool } from '../flags/flag.js'
import { contentTrustFlag, refuseContentTrust } from '../flags/ignored.js'
import { platformFlag } from '../flags/platform.js'
import { fullName } from '../output/words.js'
import { showProgress } from '../progress/index.js'

const flags = {
  'all-tags': bool('Download all tagged images in the repository', 'a'),
  'disable-content-trust': contentTrustFlag,
  platform: platformFlag,
  quiet: bool('Suppress verbose output', 'q'),
}

export const command = defineCommand({
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags, operands: [name = ''] }) {
    const { 'all-tags': allTags, platform, quiet } = flags
    refuseContentTrust(flags)
    const { repository, tag, digest } = parseReference(name)
    if (allTags && (tag ?? digest) !== undefined) throw new ExitError("tag can't be used with --all-tags/-a")
    const untagged = !allTags && (tag ?? digest) === undefined
    if (untagged && !quiet) cli.line('Using default tag: latest')
    const client = await cli.client()
    const pulling = client.images.pull(name, { platform: platform || undefined, allTags })
    if (quiet) for await (const _said of pulling.progress());
    else await showProgress(cli.stdout, pulling.progress())
    cli.line(formatReference({ repository: fullName(repository), tag: untagged ? 'latest' : tag, digest }))
  },
})
