/** What Go has short escapes for. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '\\"', '\\': '\\\\', '\u0007': '\\a', '\b': '\\b', '\f': '\\f' },
  ...{ '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' },
}

/** In double quotes, as Go writes them: nothing in it moves a cursor, changes a colour or turns the direction of text. */
export function quoted(text: string): string {
  // The classes of Unicode take a millisecond to compile. What was cut to fit a column has an ellipsis.
  const special = /^[ -~\u2026]*$/.test(text) ? /["\\]/g : /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu
  return `"${text.replace(special, (character) => ESCAPES[character] ?? escaped(character))}"`
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hexadecimal = (digits: number) => code.toString(16).padStart(digits, '0')
  if (code < 0x80) return `\\x${hexadecimal(2)}`
  // Half of a pair is no character.
  if (code >= 0xd800 && code < 0xe000) return '\\ufffd'
  return code < 0x10000 ? `\\u${hexadecimal(4)}` : `\\U${hexadecimal(8)}`
}
