import { IgnoreRules } from '../../archive/ignore-rules.js'

/** What a path turns out to be: whether it is sent, and what that means for what is below it. */
export interface Judgement {
  readonly sent: boolean
  /** For a folder: whether something in it may be sent. */
  readonly opens: boolean
  readonly inside: Inside
}

/** What is known of a folder, for the paths in it. */
export interface Inside {
  readonly excluded: readonly boolean[]
  readonly included: readonly boolean[]
}

/** The root of a folder. */
export const ROOT: Inside = { excluded: [], included: [] }

const TAKEN: Judgement = { sent: true, opens: true, inside: ROOT }

export interface FilterPatterns {
  readonly exclude: readonly string[]
  readonly include: readonly string[]
  /** Chosen paths: everything else is left out, whatever the patterns say. */
  readonly only?: readonly string[] | undefined
}

interface Rules {
  readonly exclude: IgnoreRules
  readonly include: IgnoreRules
}

/** Which entries of a folder the Engine wants, by the patterns that it sends. */
export class Filter {
  readonly #excludes: IgnoreRules
  readonly #includes: IgnoreRules | undefined
  readonly #exceptions: readonly string[]
  readonly #opensAll: boolean
  /** Included paths, where all of them are meant as they are written. */
  readonly #literal: readonly string[] | undefined
  /** Whether there is no pattern at all. */
  readonly #takesAll: boolean

  private constructor({ exclude, include, only }: FilterPatterns, rules: Rules) {
    this.#excludes = only === undefined ? rules.exclude : rules.exclude.only(only)
    this.#includes = include.length === 0 ? undefined : rules.include
    const exceptions = exclude.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
    this.#exceptions = exceptions.map(withoutTrailingGlob)
    this.#opensAll = this.#exceptions.some(isGlob)
    this.#literal = include.length > 0 && !include.some(isGlob) ? include : undefined
    this.#takesAll = exclude.length === 0 && include.length === 0 && only === undefined
  }

  static async of(patterns: FilterPatterns): Promise<Filter> {
    const rules = { exclude: await rulesOf(patterns.exclude), include: await rulesOf(patterns.include) }
    return new Filter(patterns, rules)
  }

  judge(path: string, above: Inside): Judgement {
    if (this.#takesAll) return TAKEN
    const excluded = this.#excludes.judge(path, above.excluded)
    const included = this.#includes?.judge(path, above.included)
    const [out, within] = [excluded.ignored, included?.ignored ?? true]
    return {
      sent: within && !out,
      opens: (within || this.#mayInclude(path)) && (!out || this.#mayExcept(path)),
      inside: { excluded: excluded.inside, included: included?.inside ?? [] },
    }
  }

  /** Whether a path is among those that are followed. Exclusions do not count. */
  isAskedFor({ included }: Inside): boolean {
    return this.#includes === undefined || included.some(Boolean)
  }

  /** The only names that are wanted of a folder, where that is known without looking into it. */
  namesIn(folder: string, { included }: Inside): string[] | undefined {
    if (this.#literal === undefined || included.some(Boolean)) return undefined
    const prefix = folder === '' ? '' : `${folder}/`
    const below = this.#literal.filter((path) => path.startsWith(prefix))
    return [...new Set(below.map((path) => path.slice(prefix.length).split('/', 1)[0] ?? ''))]
  }

  #mayInclude(folder: string): boolean {
    return this.#literal === undefined || this.#literal.some((path) => path.startsWith(`${folder}/`))
  }

  /** BuildKit looks into an ignored folder where an exception begins with it, or may begin with anything. */
  #mayExcept(folder: string): boolean {
    if (this.#opensAll || this.#excludes.mayKeepBelow(folder)) return true
    return this.#exceptions.some((path) => `${path}/`.startsWith(`${folder}/`))
  }
}

/** In the form of an ignore file, where `#` at the beginning has a meaning that it has not here. */
function rulesOf(patterns: readonly string[]): Promise<IgnoreRules> {
  const text = patterns.map((pattern) => pattern.replace(/^#/, '\\#')).join('\n')
  return IgnoreRules.parse(text, { file: '.dockerignore' })
}

function withoutTrailingGlob(pattern: string): string {
  return pattern.replace(/\/\*\*?$/, '')
}

function isGlob(pattern: string): boolean {
  return /[*[\]?^\\]/.test(pattern)
}
