import { checkText } from './check.js'

/** Compares names as people order them: 'net2' comes before 'net10', and capitals come first. */
export function compareNaturally(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)]
  for (const [index, one] of left.entries()) {
    const other = right[index]
    if (other === undefined) return 1
    const difference = isNumber(one) && isNumber(other) ? Number(one) - Number(other) : 0
    if (difference !== 0) return difference
    if (one !== other) return one < other ? -1 : 1
  }
  return left.length - right.length
}

function parts(text: string): string[] {
  checkText(text, 'a name')
  return text.match(/\d+|\D+/g) ?? []
}

function isNumber(text: string): boolean {
  return /^\d/.test(text)
}
