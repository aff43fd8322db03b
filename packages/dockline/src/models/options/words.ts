import { InvalidArgumentError } from '../../errors.js'
import { isPlain, kindOf } from '../../support/check.js'
import { strings } from './values.js'

const PIECE = new RegExp(
  [
    /(?<space>[ \t\r\n]+)/,
    /'(?<literal>[^']*)'/,
    /"(?<quoted>(?:\\[\s\S]|[^"\\])*)"/,
    /\\(?<escaped>[\s\S])/,
    /(?<plain>[^ \t\r\n'"\\]+)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
)

/** Options that stand where the command belongs. */
function hintOn(command: unknown): string | undefined {
  return isPlain(command) ? 'options come after the command; [] is the command of the image' : undefined
}

/**
 * Returns the words of a command. Splits a string as a POSIX shell does: at blanks, with quotes and backslashes, and without
 * variables, globs or operators. Takes an array word for word.
 */
export function splitCommand(command: unknown, option = 'command'): string[] {
  if (Array.isArray(command)) return strings(command, option)
  if (typeof command !== 'string')
    throw new InvalidArgumentError(
      `${option} must be a string or an array of strings, not ${kindOf(command)}`,
      { hint: hintOn(command) },
    )
  const words: string[] = []
  let word: string | undefined
  PIECE.lastIndex = 0
  for (let at = 0; at < command.length; at = PIECE.lastIndex) {
    const piece = PIECE.exec(command)?.groups ?? unfinished(command, at, option)
    if (piece.space === undefined) word = (word ?? '') + meaning(piece)
    else if (word !== undefined) {
      words.push(word)
      word = undefined
    }
  }
  return word === undefined ? words : [...words, word]
}

type Piece = Readonly<Record<string, string | undefined>>

function meaning({ literal, quoted, escaped, plain }: Piece): string {
  if (quoted !== undefined) return quoted.replace(/\\(["\\$`\n])/g, (_, mark) => (mark === '\n' ? '' : mark))
  if (escaped !== undefined) return escaped === '\n' ? '' : escaped
  return literal ?? plain ?? ''
}

/** The error has the place and not the command, because some commands contain passwords. */
function unfinished(command: string, at: number, option: string): never {
  const what =
    command[at] === '\\' ? 'a backslash at its end' : `an unclosed ${command[at]} at character ${at + 1}`
  throw new InvalidArgumentError(`${option} has ${what}`, {
    hint: 'give an array to pass the words as they are',
  })
}

/**
 * Splits a line of comma-separated fields, as docker's --mount and --gpus take it: a field in `"` may hold commas.
 */
export function splitFields(line: string, option: string): string[] {
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y
  const fields: string[] = []
  for (;;) {
    const at = field.lastIndex
    const match = field.exec(line)
    if (match === null)
      throw new InvalidArgumentError(
        `${option} has a stray or unclosed " in its field at character ${at + 1}`,
      )
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === '') return fields
  }
}
