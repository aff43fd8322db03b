// @ts-check

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * What each type and each field means, from prose.txt. Every field has a line there, and every line has a field.
 *
 * @typedef {{ about: string, fields: Map<string, string> }} Entry
 */

const everyType = '*'

export class Prose {
  /** @param {string} text */
  constructor(text) {
    this.entries = parse(text)
    /** @type {Set<string>} */
    this.used = new Set()
    /** @type {string[]} */
    this.missing = []
  }

  static read() {
    return new Prose(readFileSync(fileURLToPath(new URL('prose.txt', import.meta.url)), 'utf8'))
  }

  /**
   * @param {string} type
   * @returns {string[]}
   */
  ofType(type) {
    this.used.add(type)
    const about = this.entries.get(type)?.about
    return about ? [about] : []
  }

  /**
   * @param {string} type
   * @param {string} field
   * @returns {string[]}
   */
  ofField(type, field) {
    const own = this.entries.get(type)?.fields.get(field)
    const line = own ?? this.entries.get(everyType)?.fields.get(field)
    this.used.add(own ? `${type}.${field}` : `${everyType}.${field}`)
    if (line) return [line]
    this.missing.push(`no prose for ${type}.${field}`)
    return []
  }

  /** What is wrong with prose.txt: fields without a line, and lines without a field. */
  problems() {
    return [
      ...this.missing,
      ...[...this.#places()].filter((place) => !this.used.has(place)).map(withoutPlace),
    ]
  }

  *#places() {
    for (const [type, { fields }] of this.entries) {
      if (type !== everyType) yield type
      for (const field of fields.keys()) yield `${type}.${field}`
    }
  }
}

/** @param {string} place */
function withoutPlace(place) {
  return `prose has no place: ${place}`
}

/**
 * @param {string} text
 * @returns {Map<string, Entry>}
 */
function parse(text) {
  /** @type {Map<string, Entry>} */
  const entries = new Map()
  let entry = /** @type {Entry} */ ({ about: '', fields: new Map() })
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith(' ')) {
      const [, field = '', prose = ''] = /^ +(\S+) +(.*)$/.exec(line) ?? []
      entry.fields.set(field, prose)
    } else {
      const [, type = '', about = ''] = /^(\S+?)(?:: (.*))?$/.exec(line) ?? []
      entry = { about, fields: new Map() }
      entries.set(type, entry)
    }
  }
  return entries
}
