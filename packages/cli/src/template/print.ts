import { quoted } from '../go/quote.js'
import { fixed, precise, exponential as rounded } from '../go/rounding.js'
import {
  concrete,
  entriesOf,
  isNil,
  items,
  itemsOf,
  type MaybeValue,
  number,
  pointed,
  readField,
  text,
  type Value,
} from './values.js'

/** The text for a pointer inside a value: the address itself means nothing. */
const ADDRESS = '0xc000000000'

/** How a verb of Printf shows a value that holds no others. */
type Show = (value: Value) => string

/** As Go's Print shows a value. */
export function shown(value: MaybeValue): string {
  return formatted(value, { show: plainly, words: (words) => words })
}

/** As Go's Print: a space between two that are both no text. */
export function sprinted(values: readonly MaybeValue[]): string {
  const isText = (value: MaybeValue) => concrete(value)?.type.kind === 'string'
  return values
    .map((value, at) => (at > 0 && !isText(value) && !isText(values[at - 1]) ? ' ' : '') + shown(value))
    .join('')
}

/** As Go's Println. */
export function sprintedLine(values: readonly MaybeValue[]): string {
  return `${values.map(shown).join(' ')}\n`
}

interface Style {
  readonly show: Show
  /** How a value is shown that has words of its own, such as a duration; without it, it is shown as it is. */
  readonly words?: ((words: string) => string) | undefined
  /** Whether fields have their names, as with %+v. */
  readonly named?: boolean
}

function formatted(given: MaybeValue, style: Style, depth = 0): string {
  const value = concrete(given)
  if (value === undefined) return '<nil>'
  const { type } = value
  const own = wordsOf(value)
  if (own !== undefined && style.words !== undefined) return style.words(own)
  const inside = (item: MaybeValue) => formatted(item, style, depth + 1)
  switch (type.kind) {
    case 'pointer': {
      const target = pointed(value)
      if (target === undefined) return '<nil>'
      const isObject = ['array', 'map', 'slice', 'struct'].includes(target.type.kind)
      return depth === 0 && isObject ? `&${inside(target)}` : ADDRESS
    }
    case 'array':
    case 'slice':
      return `[${itemsOf(value).map(inside).join(' ')}]`
    case 'map':
      return `map[${entriesOf(value)
        .map(([key, item]) => `${inside(key)}:${inside(item)}`)
        .join(' ')}]`
    case 'struct':
      return `{${fieldsOf(value)
        .map(([name, field]) => (style.named ? `${name}:` : '') + inside(field))
        .join(' ')}}`
    default:
      return style.show(value)
  }
}

/** What it says of itself; undefined where it is shown by its kind. */
function wordsOf(value: Value): string | undefined {
  const { type, data } = value
  if (type.words !== undefined) return type.words(data)
  if (type.kind !== 'pointer' || isNil(value)) return undefined
  return type.element?.words?.(data)
}

function fieldsOf(value: Value): [string, Value][] {
  const { fields } = value.type
  if (fields !== undefined) return fields.map((field) => [field.name, readField(value, field)])
  return entriesOf(value).map(([key, item]) => [text(key), item])
}

function plainly(value: Value): string {
  const { kind } = value.type
  if (kind === 'string') return text(value)
  if (kind === 'bool') return String(value.data === true)
  return kind === 'float' ? shortest(Number(number(value))) : String(number(value))
}

/**
 * As Go's %g: the fewest digits that give the same number, and an exponent from 7 places before or 5 behind the
 * point.
 */
function shortest(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  return power < -4 || power >= 6 ? exponential(digits, power) : decimal(value)
}

function decimal(value: number): string {
  const plain = String(value)
  return plain.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : plain
}

function exponential(digits: string, power: number): string {
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** `[2]` before a `*` or a verb tells which of the values is meant. */
const INDEX = String.raw`(\[(?:[^\]]*\])?)?`
const DIRECTIVE = new RegExp(
  String.raw`%([-+# 0]*)${INDEX}(\*|\d+)?(?:(\.)${INDEX}(\*|\d+)?)?${INDEX}([\s\S]|$)`,
  'gu',
)

/** The values that a Printf shows, one after the other unless an index says which. */
class Shown {
  readonly #values: readonly MaybeValue[]
  #next = 0
  #isOrdered = true

  constructor(values: readonly MaybeValue[]) {
    this.#values = values
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#values.length
  }

  /** The values that no verb has taken. After an index, Go counts none as left over. */
  get rest(): readonly MaybeValue[] {
    return this.#isOrdered ? this.#values.slice(this.#next) : []
  }

  /** Goes to the value of an index, such as `[2]`. Returns false where there is none. */
  find(index: string | undefined): boolean {
    if (index === undefined) return true
    this.#isOrdered = false
    const place = Number(/^\[(\d+)\]$/.exec(index)?.[1] ?? 0)
    if (place < 1 || place > this.#values.length) return false
    this.#next = place - 1
    return true
  }

  take(): MaybeValue {
    return this.#values[this.#next++]
  }

  /** A width or a precision: of `*`, the next value. */
  size(given: string | undefined): number | undefined {
    if (given !== '*') return given === undefined ? undefined : Number(given)
    const value = this.take()
    return value === undefined ? undefined : Number(number(value))
  }
}

type Groups = readonly (string | undefined)[]

/** As Go's Printf. */
export function printedf(format: string, given: readonly MaybeValue[]): string {
  const values = new Shown(given)
  const text = format.replace(
    DIRECTIVE,
    (...[, flags = '', first, width, point, second, precision, third, verb = '']: Groups) => {
      // An index stands before what it is for.
      let isFound = first === undefined || width === '*' || (width ?? point) === undefined
      isFound = values.find(first) && isFound
      const columns = values.size(width)
      isFound = values.find(second) && isFound
      const digits = point === undefined ? undefined : (values.size(precision) ?? 0)
      isFound = values.find(third) && isFound
      if (verb === '%') return '%'
      if (verb === '') return '%!(NOVERB)'
      if (!isFound) return `%!${verb}(BADINDEX)`
      if (values.isAtEnd) return `%!${verb}(MISSING)`
      const directive = { verb, flags, columns, digits }
      return verb === 'T' ? padded(typeName(values.take()), directive) : direct(values.take(), directive)
    },
  )
  const extra = values.rest.map((value) => {
    return value === undefined ? '<nil>' : `${typeName(value)}=${shown(value)}`
  })
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`
}

interface Directive {
  readonly verb: string
  readonly flags: string
  readonly columns: number | undefined
  readonly digits: number | undefined
}

function direct(given: MaybeValue, { flags, ...rest }: Directive): string {
  const { verb } = rest
  // Of %+v it is the names that are meant, and no signs.
  const directive = { ...rest, flags: verb === 'v' ? flags.replaceAll('+', '') : flags }
  const value = concrete(given)
  if (value === undefined) return padded(verb === 'v' ? '<nil>' : `%!${verb}(<nil>)`, directive)
  const isText = 'vsqxX'.includes(verb)
  const bytes = bytesOf(value)
  if (bytes !== undefined && 'sqxX'.includes(verb))
    return padded(textBy(bytes.toString(), directive), directive)
  return formatted(value, {
    named: verb === 'v' && flags.includes('+'),
    show: (each) => padded(basicBy(each, directive), directive, each.type.kind !== 'string'),
    words: isText ? (words) => padded(textBy(words, directive), directive) : undefined,
  })
}

function bytesOf(value: Value): Buffer | undefined {
  return value.type.element?.name === 'uint8' ? Buffer.from(items(value) as number[]) : undefined
}

function basicBy(value: Value, directive: Directive): string {
  const { verb } = directive
  const { kind } = value.type
  if (kind === 'string' && 'vsqxX'.includes(verb)) return textBy(text(value), directive)
  if (kind === 'bool' && 'vt'.includes(verb)) return plainly(value)
  if (kind === 'float' && 'vbeEfFgGxX'.includes(verb)) return floatBy(Number(number(value)), directive)
  if ((kind === 'int' || kind === 'uint') && 'vdbcoOqUxX'.includes(verb))
    return wholeBy(number(value), directive)
  return `%!${verb}(${value.type.name}=${plainly(value)})`
}

function textBy(text: string, { verb, flags, digits }: Directive): string {
  const cut = digits === undefined ? text : [...text].slice(0, digits).join('')
  if (verb === 'q') return flags.includes('#') && !cut.includes('`') ? `\`${cut}\`` : quoted(cut)
  if (verb !== 'x' && verb !== 'X') return cut
  const hex = Buffer.from(cut).toString('hex')
  const spaced = flags.includes(' ') ? hex.replace(/..(?=.)/g, '$& ') : hex
  const marked = flags.includes('#') && spaced !== '' ? `0x${spaced}` : spaced
  return verb === 'X' ? marked.toUpperCase() : marked
}

function floatBy(value: number, { verb, flags, digits }: Directive): string {
  const sign =
    value < 0 || Object.is(value, -0) ? '' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  if (!Number.isFinite(value)) return shortest(value).replace(/^\+?/, sign)
  const lower = verb.toLowerCase()
  const shown =
    lower === 'f'
      ? fixed(value, digits ?? 6)
      : lower === 'e'
        ? goExponent(rounded(value, digits ?? 6))
        : digits === undefined
          ? shortest(value)
          : general(value, Math.max(1, digits))
  return sign + (verb === lower ? shown : shown.toUpperCase())
}

/** As %g with so many digits. Go writes 0.00001 with an exponent, JavaScript only 0.0000001. */
function general(value: number, digits: number): string {
  const small = rounded(value, digits - 1)
  const text = Number(small.split('e')[1]) < -4 ? small : precise(value, digits)
  return goExponent(trimmed(text))
}

function goExponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2')
}

/** Without the zeros that %g leaves out. */
function trimmed(text: string): string {
  const [digits = '', exponent] = text.split('e')
  const short = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
  return exponent === undefined ? short : `${short}e${exponent}`
}

const BASES: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  ...{ b: [2, '0b'], o: [8, '0'], O: [8, '0o'], x: [16, '0x'], X: [16, '0X'] },
}

function wholeBy(value: number | bigint, { verb, flags, digits }: Directive): string {
  if (verb === 'c') return String.fromCodePoint(Number(value))
  if (verb === 'q') return `'${String.fromCodePoint(Number(value))}'`
  if (verb === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`
  const [base, prefix] = BASES[verb] ?? [10, '']
  const magnitude = (value < 0 ? -BigInt(value) : BigInt(value)).toString(base).padStart(digits ?? 0, '0')
  const shown = verb === 'X' ? magnitude.toUpperCase() : magnitude
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  return sign + (flags.includes('#') || verb === 'O' ? prefix : '') + shown
}

function padded(shown: string, { flags, columns = 0, digits }: Directive, isNumber = false): string {
  const missing = Math.max(0, Math.abs(columns) - [...shown].length)
  if (flags.includes('-') || columns < 0) return shown + ' '.repeat(missing)
  if (!flags.includes('0') || (isNumber && digits !== undefined && !shown.includes('.'))) {
    return ' '.repeat(missing) + shown
  }
  const [sign = ''] = isNumber ? (/^[-+ ]?/.exec(shown) ?? []) : []
  return sign + '0'.repeat(missing) + shown.slice(sign.length)
}

/** As %T prints it. */
function typeName(given: MaybeValue): string {
  return concrete(given)?.type.name ?? '<nil>'
}
