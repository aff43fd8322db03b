/**
 * Returns the text that JavaScript makes of a number in so many digits, as Go writes it: of two that are equally near, Go
 * takes the even one, and JavaScript the larger.
 */
function even(text: string, value: number, digits: number): string {
  const exact = value.toExponential(100).replace(/e.*|[-.]/g, '')
  const isTie = digits >= 0 && /^50*$/.test(exact.slice(digits))
  // After an odd digit, the larger one is the even one already, and 9 becomes 10.
  const isOdd = isTie && /[13579]/.test(exact[digits - 1] ?? '')
  return isTie && !isOdd ? text.replace(/(?<!e.*)[13579](?=e|$)/, (odd) => String(Number(odd) - 1)) : text
}

/** As toFixed() of JavaScript. */
export function fixed(value: number, places: number): string {
  const [, exponent] = value.toExponential().split('e')
  return even(value.toFixed(places), value, places + 1 + Number(exponent))
}

/** As toPrecision() of JavaScript. */
export function precise(value: number, digits: number): string {
  return even(value.toPrecision(digits), value, digits)
}

/** As toExponential() of JavaScript. */
export function exponential(value: number, places: number): string {
  return even(value.toExponential(places), value, places + 1)
}
