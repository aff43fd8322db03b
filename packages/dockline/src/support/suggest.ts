import { InvalidArgumentError } from '../errors.js'
import { shownName } from './check.js'
import { answerTo, wordsElsewhere } from './synonyms.js'

/**
 * Refuses an unknown name and suggests the name that was probably meant. Names whose value is `undefined` count as
 * absent. `where` says what the names belong to, such as `healthcheck`.
 */
export function refuseUnknown(given: object, known: readonly string[], where = ''): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known.includes(name)) continue
    const owner = where === '' ? '' : ` of ${where}`
    const answer = answerTo(name, known)
    if (answer !== undefined) throw new InvalidArgumentError(`unknown option '${name}'${owner}: ${answer}`)
    const elsewhere = wordsElsewhere(known)
    const near = nearest(name, [...known, ...elsewhere.keys()])
    const meant = near === undefined ? undefined : (elsewhere.get(near) ?? near)
    const advice = meant === undefined ? '' : `, did you mean '${meant}'?`
    // What is like a name of ours is no secret.
    const shown = meant === undefined ? shownName(name) : `'${name}'`
    const hint = shown.includes(name) ? undefined : 'its name is not shown: it may be a secret'
    throw new InvalidArgumentError(`unknown option ${shown}${owner}${advice}`, { hint })
  }
}

/** No name of ours comes near, and to compare longer ones takes its time. */
const MOST_CHARACTERS = 64

/** The most similar name; undefined when none is close. Case, `_` and `-` make no difference. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  if (name.length > MOST_CHARACTERS) return undefined
  const wanted = bare(name)
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  let best: string | undefined
  let least = limit + 1
  for (const candidate of names) {
    const distance = likeness(wanted, bare(candidate), limit)
    if (distance >= least) continue
    best = candidate
    least = distance
  }
  return best
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '')
}

/** The number of edits, where the beginning of a name, such as `env`, is still just close enough. */
function likeness(wanted: string, candidate: string, limit: number): number {
  const distance = edits(wanted, candidate)
  const begins = wanted.length >= 3 && candidate.startsWith(wanted)
  return begins ? Math.min(distance, limit) : distance
}

/** How many letters must be added, removed, replaced or swapped with their neighbour. */
function edits(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const next = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      next[column] = Math.min(
        at(last, column) + 1,
        at(next, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Infinity,
      )
    }
    beforeLast = last
    last = next
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
