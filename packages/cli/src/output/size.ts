const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Decimal units and so many significant digits, as docker does it: 1984512 is '1.98MB' in three. */
export function humanSize(bytes: number, digits = 3): string {
  let size = bytes
  let unit = 0
  // What rounds up to 1000 belongs to the next unit; Go would print 1e+03 there.
  while (Number(size.toPrecision(digits)) >= 1000 && unit < UNITS.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${Number(size.toPrecision(digits))}${UNITS[unit]}`
}
