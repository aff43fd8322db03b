import { InvalidArgumentError } from '../errors.js'
import { checkText } from '../support/check.js'

/** The detach keys of docker. */
export const DEFAULT_DETACH_KEYS = 'ctrl-p,ctrl-q'

const DELETE = 0x7f
/** What stands after `ctrl-` beside letters, and the byte it makes. */
const CONTROL: Readonly<Record<string, number>> = { '@': 0, '[': 27, '\\': 28, ']': 29, '^': 30, _: 31 }

/**
 * Returns the bytes that a terminal sends for `'ctrl-p,ctrl-q'`. Single characters, `ctrl-` with a small letter or one of
 * @[\]^_, and DEL.
 */
export function parseDetachKeys(keys: string): Buffer {
  checkText(keys, 'detachKeys')
  return Buffer.from((keys === '' ? DEFAULT_DETACH_KEYS : keys).split(',').map((key) => parseKey(key, keys)))
}

function parseKey(key: string, keys: string): number {
  if (key === 'DEL') return DELETE
  const [, control] = /^ctrl-(.)$/.exec(key) ?? []
  if (control === undefined && /^[\x20-\x7e]$/.test(key)) return key.charCodeAt(0)
  if (control !== undefined && /[a-z]/.test(control)) return control.charCodeAt(0) - 96
  const byte = control === undefined ? undefined : CONTROL[control]
  if (byte !== undefined) return byte
  const hint = "a list such as 'ctrl-p,ctrl-q'"
  throw new InvalidArgumentError(`invalid detachKeys '${keys}': '${key}' is not a key`, { hint })
}

/** What came of some typed bytes. */
export interface TypedKeys {
  /** What is to be sent on. */
  readonly data: Buffer
  /** Whether the whole sequence has been typed. What was typed after it is dropped. */
  readonly detached: boolean
}

/**
 * Looks for the detach keys in what is typed, over any cut of it. Holds the beginning of a match back, and
 * never sends the sequence itself.
 */
export class DetachMatcher {
  readonly #keys: Buffer
  /** For each length of a partial match, how much of its end could be the beginning of another. */
  readonly #fallbacks: readonly number[]
  #matched = 0

  constructor(keys: Buffer) {
    this.#keys = keys
    this.#fallbacks = fallbacksOf(keys)
  }

  push(typed: Buffer): TypedKeys {
    if (this.#matched === 0 && !includes(typed, this.#keys[0] as number))
      return { data: typed, detached: false }
    const data: number[] = []
    for (const byte of typed) {
      this.#step(byte, data)
      if (this.#matched === this.#keys.length) return { data: Buffer.from(data), detached: true }
    }
    return { data: Buffer.from(data), detached: false }
  }

  /** What is still held back, when nothing more will be typed. */
  end(): Buffer {
    return this.#keys.subarray(0, this.#matched)
  }

  #step(byte: number, data: number[]): void {
    while (this.#matched > 0 && this.#keys[this.#matched] !== byte) {
      const fallback = this.#fallbacks[this.#matched - 1] ?? 0
      data.push(...this.#keys.subarray(0, this.#matched - fallback))
      this.#matched = fallback
    }
    if (this.#keys[this.#matched] === byte) this.#matched += 1
    else data.push(byte)
  }
}

/** For a single key, which is what comes most, Buffer's own way is a long one. */
function includes(typed: Buffer, byte: number): boolean {
  return typed.length === 1 ? typed[0] === byte : typed.includes(byte)
}

function fallbacksOf(keys: Buffer): number[] {
  const fallbacks = [0]
  let length = 0
  for (let index = 1; index < keys.length; index++) {
    while (length > 0 && keys[index] !== keys[length]) length = fallbacks[length - 1] ?? 0
    if (keys[index] === keys[length]) length += 1
    fallbacks.push(length)
  }
  return fallbacks
}
