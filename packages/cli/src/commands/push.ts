import type { Progress } from 'dockline'
import { formatReference, parseReference } from 'dockline/syntax'
import { defineCommand } from '../command.js'
import { ExitError } from '../errors.js'
import { bool, sinceApi, text } from '../flags/flag.js'
import { contentTrustFlag, refuseContentTrust } from '../flags/ignored.js'
import { fullName } from '../output/words.js'
import { type EngineMessage, showProgress } from '../progress/index.js'
import { PushNotes } from '../push-notes.js'

const flags = {
  'all-tags': bool('Push all tags of an image to the repository', 'a'),
  'disable-content-trust': contentTrustFlag,
  platform: sinceApi(
    '1.46',
    text(
      "Push a platform-specific manifest as a single-platform image to the registry: 'os[/arch[/variant]]'",
    ),
  ),
  quiet: bool('Suppress verbose output', 'q'),
}

/** As docker prints it where there are no colours. */
const PLATFORM_NOTE = `
 Info -> Using --platform pushes only the specified platform manifest of a multi-platform image index.
         Other components, like attestations, will not be included.
         To push the complete multi-platform image, remove the --platform flag.
${' '.repeat(9)}
`

export const command = defineCommand({
  usage: '[OPTIONS] NAME[:TAG]',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags, operands: [name = ''] }) {
    const { 'all-tags': allTags, platform, quiet } = flags
    refuseContentTrust(flags)
    const { repository, tag, digest } = parseReference(name)
    if (allTags && (tag ?? digest) !== undefined) throw new ExitError("tag can't be used with --all-tags/-a")
    if (digest !== undefined) throw new ExitError('cannot push a digest reference')
    if (platform) cli.write(PLATFORM_NOTE)
    const untagged = !allTags && tag === undefined
    if (untagged && !quiet) cli.line('Using default tag: latest')
    const client = await cli.client()
    const pushing = client.images.push(name, { platform: platform || undefined, allTags })
    const notes = new PushNotes()
    try {
      const progress = noting(pushing.progress(), notes)
      if (quiet) {
        for await (const _said of progress);
        cli.line(formatReference({ repository: fullName(repository), tag: untagged ? 'latest' : tag }))
      } else await showProgress(cli.stdout, progress)
    } finally {
      notes.print(cli)
    }
    return 0
  },
})

async function* noting<Each extends Progress<EngineMessage>>(
  progress: AsyncIterable<Each>,
  notes: PushNotes,
): AsyncGenerator<Each> {
  for await (const each of progress) {
    notes.take(each.message)
    yield each
  }
}
