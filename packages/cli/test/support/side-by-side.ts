import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { after, describe, it } from 'node:test'
import { type CommandOptions, docker, dockline, docklineKept, type Ended } from './dockline.js'
import { isNewest, type TestEngine } from './engines.js'
import { NOWHERE } from './nowhere.js'

/** What a person would type behind `docker` or `dockline`. */
export type Words = readonly string[]

export interface SideBySideOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
  /** What is different in each run and says nothing, such as a duration: both sides get '#' in its place. */
  readonly moving?: readonly RegExp[]
  /** Lines in any order: an Engine that keeps things in a map of Go has another one each time. */
  readonly unordered?: boolean
  /**
   * 'same' (the default) asks for the same words on stderr but for the command's name, 'own' only that both said
   * something or both nothing: what the words are is our own.
   */
  readonly stderr?: 'same' | 'own'
}

/** Of each command, the thing it is done to: what is done once cannot be done to the same thing again. */
export interface Subjects {
  readonly docker: string
  readonly dockline: string
}

/** How often a moment may pass between two runs that changes what they say. */
const TRIES = 8
/** docker's own settings and hints belong to whoever runs the tests. */
const ENV = { DOCKER_CONFIG: NOWHERE, DOCKER_CLI_HINTS: 'false', NO_COLOR: '1' }

/** What docker says before each classic build. */
const DEPRECATED = /^DEPRECATED: The legacy builder[\s\S]*?\n\n/

let compared = 0

/** Says at the end of a file how many invocations it compared. */
export function countInvocations(): void {
  after(() => void process.stdout.write(`# compared ${compared} invocations with docker\n`))
}

/** What a person would type, and how the two answers are compared. */
export type Row = readonly [words: Words, options?: SideBySideOptions | undefined]

export interface RowsOptions {
  /** What stands in a row for what is known only when it runs: `{ THING: 'the name of a container' }`. */
  readonly names?: () => Readonly<Record<string, string>>
  /** Nothing of it is asked of an Engine, so that one is enough. */
  readonly clientOnly?: boolean
}

/** A test for each row: looking changes nothing, so that several of them run at a time. */
export function eachLooksTheSame(
  engine: TestEngine,
  title: string,
  rows: readonly Row[],
  { names = () => ({}), clientOnly = false }: RowsOptions = {},
): void {
  if (clientOnly && !isNewest(engine)) return
  describe(title, { concurrency: availableParallelism() }, () => {
    for (const [words, options] of rows) {
      it(words.join(' ') || 'nothing', () => looksTheSame(engine, filled(words, names()), options))
    }
  })
}

/** What only says in which form an answer is printed. */
const FORMS = ['--format', '--no-trunc', '--digests', '--quiet', '-H=false', '-q', '-aq']
/** The names of what is not there: an Engine says so, and its words are printed as they are. */
const MISSING = /^(?:dockline-nothing|dockline-no-such|127\.0\.0\.1:1\/)/

/** The same, where an Engine has no part in how an answer is printed, or says no more than that something is missing. */
export function eachShowsTheSame(engine: TestEngine, rows: readonly Row[], options: RowsOptions = {}): void {
  const isForm = ([words]: Row) => words.some((word) => FORMS.includes(word) || MISSING.test(word))
  eachLooksTheSame(
    engine,
    'shows',
    rows.filter((row) => !isForm(row)),
    options,
  )
  eachLooksTheSame(engine, 'shows in another form, or shows that nothing is there', rows.filter(isForm), {
    ...options,
    clientOnly: true,
  })
}

/** With the names of things in place of what stands for them. */
function filled(words: Words, names: Readonly<Record<string, string>>): Words {
  return words.map((word) =>
    Object.entries(names).reduce((text, [mark, name]) => text.replaceAll(mark, name), word),
  )
}

/**
 * Looking changes nothing, so both have to say the same, and are asked at once. Other tests make things that come and go
 * between two commands: then both are asked again.
 */
export async function looksTheSame(
  engine: TestEngine,
  words: Words,
  options: SideBySideOptions = {},
): Promise<void> {
  compared += 1
  const settings = settingsOf(options)
  for (let attempt = 1; ; attempt++) {
    const [theirs, own] = await Promise.all([
      docker(engine.host, words, settings).then((ended) => comparable(ended, options)),
      ours(engine.host, words, settings).then((ended) => comparable(ended, options)),
    ])
    if (sameText(own, theirs)) return
    if (attempt === TRIES) assert.deepEqual(own, theirs, words.join(' '))
  }
}

/** The same done to two things that are alike: `words` gets the name of the thing. */
export async function doesTheSame(
  engine: TestEngine,
  subjects: Subjects,
  words: (subject: string) => Words,
  options: SideBySideOptions = {},
): Promise<{ readonly docker: Ended; readonly dockline: Ended }> {
  compared += 1
  const settings = settingsOf(options)
  const [theirs, own] = await Promise.all([
    onceFree(() => docker(engine.host, words(subjects.docker), settings)),
    onceFree(() => ours(engine.host, words(subjects.dockline), settings)),
  ])
  assert.deepEqual(
    comparable(named(own, subjects.dockline), options),
    comparable(named(theirs, subjects.docker), options),
    words('SUBJECT').join(' '),
  )
  return { docker: theirs, dockline: own }
}

/** An Engine prunes for one at a time, and refuses others meanwhile. */
async function onceFree(act: () => Promise<Ended>): Promise<Ended> {
  for (;;) {
    const ended = await act()
    if (!ended.stderr.includes('a prune operation is already running')) return ended
  }
}

/** In a thread, but for what reads a pipe: there, the process is a part of it. */
function ours(host: string, words: Words, options: CommandOptions): Promise<Ended> {
  return (options.input === undefined ? docklineKept : dockline)(host, words, options)
}

/** In whatever version each of them finds: that is a part of what is compared. */
function settingsOf({ env, input }: SideBySideOptions) {
  return { env: { ...ENV, ...env }, ...(input === undefined ? {} : { input }) }
}

interface Comparable {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What is behind the last word of a line cannot be seen, and seconds go by between two commands. */
function comparable(
  { exitCode, stdout, stderr }: Ended,
  { moving = [], unordered = false, stderr: words = 'same' }: SideBySideOptions,
): Comparable {
  const settled = (text: string) =>
    [/\d+(?= seconds?)/g, ...moving]
      .reduce((result, pattern) => result.replace(pattern, '#'), text)
      .replace(/ +$/gm, '')
  const told = likeMost(settled(stderr.replace(DEPRECATED, '')).replaceAll('dockline', 'docker'))
  const lines = settled(stdout)
  const out = unordered ? lines.split('\n').sort().join('\n') : lines
  return { exitCode, stdout: out, stderr: words === 'same' ? told : told === '' ? '' : 'words' }
}

/**
 * Where to read on is told by docker in three ways, of which one is a slip, and how a group is used in two: Dockline has
 * for all what docker has for most.
 */
function likeMost(told: string): string {
  return told
    .replace(/^(?:See|SRun) (?='docker .+ --help' for more information$)/gm, 'Run ')
    .replace(/^(Usage: {2}docker volume) COMMAND$(?=\n\nRun )/gm, '$1')
}

/** Names and ids of the things differ; that is all that may. */
function named(ended: Ended, subject: string): Ended {
  const anonymous = (text: string) => text.replaceAll(subject, 'SUBJECT')
  return { ...ended, stdout: anonymous(ended.stdout), stderr: anonymous(ended.stderr) }
}

function sameText(a: Comparable, b: Comparable): boolean {
  return a.exitCode === b.exitCode && a.stdout === b.stdout && a.stderr === b.stderr
}
