import { setImmediate as nextTurn } from 'node:timers/promises'
import { InvalidArgumentError } from '../errors.js'
import { globPattern, type IgnorePattern, literalPattern } from './ignore-pattern.js'

/** The most patterns that are read before everything else has its turn: they take some milliseconds. */
const PATTERNS_PER_TURN = 256

/** What is known of a folder, for the paths in it: which patterns matched it or a folder above. */
export type FolderVerdict = readonly boolean[]

export interface Verdict {
  readonly ignored: boolean
  /** Handed to `judge` for what is in this folder. */
  readonly inside: FolderVerdict
}

/** The rules of a .dockerignore file. Paths are relative to the context, with `/`. */
export class IgnoreRules {
  readonly #patterns: readonly IgnorePattern[]
  readonly #negations: readonly IgnorePattern[]
  readonly #only: readonly string[] | undefined

  constructor(patterns: readonly IgnorePattern[], only?: readonly string[]) {
    this.#patterns = patterns
    this.#negations = patterns.filter(({ negated }) => negated)
    this.#only = only
  }

  /** Reads the text of an ignore file; `file` is what an error names. Thousands of patterns take several turns. */
  static async parse(
    text: string,
    { file, platform = process.platform }: IgnoreFileOptions,
  ): Promise<IgnoreRules> {
    const lines = ignoreLines(text, platform)
    const patterns: IgnorePattern[] = []
    for (let at = 0; at < lines.length; at += PATTERNS_PER_TURN) {
      if (at > 0) await nextTurn()
      const portion = lines.slice(at, at + PATTERNS_PER_TURN)
      const parsed = portion.flatMap(({ line, number }) => parseLine(line, `${file}:${number}`))
      if (lines.length > PATTERNS_PER_TURN) for (const pattern of parsed) compile(pattern)
      patterns.push(...parsed)
    }
    return new IgnoreRules(patterns)
  }

  /** The same rules, but these paths are never left out. */
  keeping(paths: readonly string[]): IgnoreRules {
    const kept = paths.map((path) => literalPattern(path, true))
    return new IgnoreRules([...this.#patterns, ...kept], this.#only)
  }

  /** The same rules, of these paths and what is below them; everything else is left out. */
  only(paths: readonly string[]): IgnoreRules {
    return new IgnoreRules(this.#patterns, paths)
  }

  /**
   * The last pattern that matches the path or a folder above it decides. `above` is what `judge` gave for its folder;
   * the root of the context has none. As docker does it, a pattern is not tried where it could change nothing, and what
   * was not tried for a folder is not inherited from it: `a/b` and then `!a` leaves a/b out.
   */
  judge(path: string, above: FolderVerdict = []): Verdict {
    let ignored = false
    const inside = this.#patterns.map((pattern, index) => {
      const matched = above[index] === true || (pattern.negated === ignored && pattern.matches(path))
      if (matched) ignored = !pattern.negated
      return matched
    })
    return { ignored: ignored || !this.#isChosen(path), inside }
  }

  /**
   * Whether an ignored folder is looked into, for the sake of something that is taken back in. The classic builder goes
   * by how an exception begins, so one that begins with a wildcard opens nothing: `!docs/*.md` does, `!d*s/a.md` does not.
   */
  mayKeepBelow(folder: string): boolean {
    if (this.#only?.some((path) => path.startsWith(`${folder}/`))) return true
    if (!this.#isChosen(folder)) return false
    return this.#negations.some(({ text }) => `${text}/`.startsWith(`${folder}/`))
  }

  #isChosen(path: string): boolean {
    return this.#only?.every((only) => only !== path && !path.startsWith(`${only}/`)) !== true
  }
}

export interface IgnoreFileOptions {
  readonly file: string
  /** On Windows a backslash parts folders; elsewhere it escapes. */
  readonly platform?: NodeJS.Platform
}

interface IgnoreLine {
  readonly line: string
  readonly number: number
}

/** Without a byte order mark, comments and empty lines. Only a `#` in the first column begins a comment. */
function ignoreLines(text: string, platform: NodeJS.Platform): IgnoreLine[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  return lines
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => !line.startsWith('#') && line.trim() !== '')
    .map(({ line, number }) => ({
      line: platform === 'win32' ? line.trim().replaceAll('\\', '/') : line.trim(),
      number,
    }))
}

/** Returns an empty list for a line of which nothing is left. */
function parseLine(line: string, where: string): IgnorePattern[] {
  const text = patternText(line)
  if (text === '') return []
  if (text === '!') throw new InvalidArgumentError(`${where}: '!' is not followed by a pattern`)
  const negated = text.startsWith('!')
  const explained = <T>(evaluate: () => T): T => {
    try {
      return evaluate()
    } catch (cause) {
      throw new InvalidArgumentError(`${where}: '${line}' is not a well-formed pattern`, { cause })
    }
  }
  const pattern = explained(() => globPattern(negated ? text.slice(1) : text, negated))
  return [{ ...pattern, matches: (path) => explained(() => pattern.matches(path)) }]
}

/**
 * Has the expression of a pattern compiled, which the engine does when it is used for the first and for the second time.
 * The first path that is judged would otherwise wait for all of them at once.
 */
function compile(pattern: IgnorePattern): void {
  try {
    pattern.matches('.')
    pattern.matches('.')
  } catch {
    // It is an error only where a path is tried.
  }
}

/** Docker cleans a line twice, the second time together with its `!`: so `/!x` is an exception, and `./ x` means `x`. */
function patternText(line: string): string {
  const negated = line.startsWith('!')
  const path = cleanPath(negated ? line.slice(1).trim() : line)
  const relative = path.length > 1 ? path.replace(/^\//, '') : path
  return cleanPath((negated ? `!${relative}` : relative).trim())
}

/** Go's path.Clean: no empty or `.` parts, `..` taken back where that is possible, no slash at the end. */
function cleanPath(path: string): string {
  if (path === '') return ''
  const rooted = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!rooted) parts.push(part)
  }
  const clean = (rooted ? '/' : '') + parts.join('/')
  return clean === '' ? '.' : clean
}
