// What a shell asks when someone presses Tab: `dockline __complete stop we` answers with a line for each word that could
// stand in place of the last one, a tab and what it is, and at the end ':0' when it could be a file as well, else ':4'.
import { Cli } from '../cli.js'
import type { Commands } from '../tree.js'
import { type Candidate, type Candidates, candidates } from './candidates.js'
import { place } from './place.js'

export interface Completing {
  readonly cli: Cli
  readonly commands: Commands
}

/** Prints what may stand in place of the last word. */
export async function printCompletion(
  words: readonly string[],
  { cli, commands }: Completing,
): Promise<void> {
  const { found, files } = await complete(words, { cli, commands }).catch(() => NOTHING)
  for (const { word, help } of found) cli.line(help === '' ? word : `${word}\t${help}`)
  cli.line(files ? ':0' : ':4')
}

/** The answer after a failure: a person who types wants to go on typing, not to read an error. */
const NOTHING: Candidates = { found: [], files: false }

async function complete(
  words: readonly string[],
  { cli: { surroundings }, commands }: Completing,
): Promise<Candidates> {
  const last = words.at(-1) ?? ''
  const at = await place(words.slice(0, -1), last, commands)
  const cli = new Cli(at.choice, surroundings)
  try {
    const plugin = at.unknown === undefined ? undefined : await ofPlugin(at.unknown, words, cli)
    const { found, files } = plugin ?? (await candidates(at, cli, last))
    const begins = ({ word }: Candidate) => word.startsWith(last)
    return { found: found.filter(begins), files }
  } finally {
    await cli.close()
  }
}

/** A word that is no command may be a plugin, which knows what comes next. */
async function ofPlugin(name: string, words: readonly string[], cli: Cli): Promise<Candidates | undefined> {
  const { completePlugin, findPlugin } = await import('../plugins/index.js')
  await cli.readConfig()
  const plugin = await findPlugin(name, cli)
  if (plugin === undefined) return undefined
  const lines = (await completePlugin(plugin, words.slice(words.indexOf(name) + 1))).trimEnd().split('\n')
  const [, directive = '0'] = /^:(\d+)$/.exec(lines.at(-1) ?? '') ?? []
  const found = lines.slice(0, -1).map((line): Candidate => {
    const [word = '', help = ''] = line.split('\t', 2)
    return { word, help }
  })
  return { found, files: (Number(directive) & WITHOUT_FILES) === 0 }
}

/** Of the sum that stands behind the words: an error, or no names of files. */
const WITHOUT_FILES = 1 | 4
