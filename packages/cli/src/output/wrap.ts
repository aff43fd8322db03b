/** Where less room is left, lines stay as long as they are: words in a narrow column are harder to read. */
const MIN_WIDTH = 40

/** Breaks lines between words, so that no line is longer than the width, except for a longer word. */
export function wrap(text: string, width: number): string {
  if (width < MIN_WIDTH) return text
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  const [first = '', ...words] = line.match(/\s*\S+/g) ?? []
  const lines = [first]
  for (const word of words) {
    const current = lines.at(-1) ?? ''
    if (current.length + word.length <= width) lines[lines.length - 1] = current + word
    else lines.push(word.trimStart())
  }
  return lines.join('\n')
}
