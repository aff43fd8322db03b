/** What most text is of, and what takes one column each. */
const PLAIN = /^[\x20-\x7e…]*$/

/** Whether each character takes one column. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text)
}

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  if (isPlain(text)) return text.length
  let width = 0
  for (const character of text) width += isUnseen(character) ? 0 : cellsOf(character)
  return width
}

/** How many columns of a terminal a character takes, as docker counts: one that combines with another counts for itself. */
export function cellsOf(character: string): 1 | 2 {
  // The first wide one there is.
  if (character < '\u1100') return 1
  return isWide(character) && !isNarrow(character) ? 2 : 1
}

// The patterns stand in functions because they take a millisecond to read, and few tables need them.

/** Whether it combines with the character before it, or is not seen. */
function isUnseen(character: string): boolean {
  return /[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u.test(character)
}

/**
 * What Unicode calls wide or full-width: the scripts of East Asia with their own signs, and what is shown as an emoji without
 * being asked to. JavaScript's patterns know the scripts, but not the width itself.
 */
function isWide(character: string): boolean {
  return (
    /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u.test(
      character,
    ) ||
    /[\p{Script=Yi}\p{Script=Tangut}\p{Script=Nushu}\p{Script=Khitan_Small_Script}]/u.test(character) ||
    /[\u2329\u232a\u2ff0-\u303e\u3099-\u30ff\u3190-\u31ef\u3200-\u3247\u3250-\u33ff\ufe10-\ufe19\ufe30-\ufe6b]/u.test(
      character,
    ) ||
    /[\uff01-\uff60\uffe0-\uffe6\u{1aff0}-\u{1affe}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u.test(character)
  )
}

/** Half-width letters, vowels that complete a syllable, and letters that are flags only in pairs. */
function isNarrow(character: string): boolean {
  return /[\uff61-\uffdc\u1160-\u11ff\ud7b0-\ud7ff\u{1f1e6}-\u{1f1ff}]/u.test(character)
}
