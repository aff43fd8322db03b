const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
}
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]?))/g

/** What a constant of Go says: "text", `text` or 'c'. Throws when that cannot be read. */
export function unquoted(constant: string): string {
  const inside = constant.slice(1, -1)
  if (constant.startsWith('`')) return inside.replaceAll('\r', '')
  // Bytes of several \x make one character, as in Go.
  const bytes: Buffer[] = []
  let end = 0
  for (const match of inside.matchAll(ESCAPE)) {
    bytes.push(Buffer.from(inside.slice(end, match.index)), bytesOf(match))
    end = match.index + match[0].length
  }
  if (end === 0) return inside
  return Buffer.concat([...bytes, Buffer.from(inside.slice(end))]).toString()
}

function bytesOf([, byte, short, long, octal, letter]: RegExpMatchArray): Buffer {
  if (byte !== undefined) return Buffer.from([Number.parseInt(byte, 16)])
  if (octal !== undefined) return Buffer.from([Number.parseInt(octal, 8)])
  const code = short ?? long
  if (code !== undefined) return Buffer.from(String.fromCodePoint(Number.parseInt(code, 16)))
  const escaped = ESCAPES[letter ?? '']
  if (escaped === undefined) throw new Error('invalid syntax')
  return Buffer.from(escaped)
}
