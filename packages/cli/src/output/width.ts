/** What most text is of, and what takes one cell each. */
const PLAIN = /^[\x20-\x7e…]*$/
const NOTHING = /[\p{Mn}\p{Me}\p{Cf}]/u
/** East Asian characters that are as wide as two others, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u

/** How many cells of a terminal a text takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : NOTHING.test(character) ? 0 : 1
  return width
}
