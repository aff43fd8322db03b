import { precise } from '../go/rounding.js'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Decimal units and so many significant digits, as docker does it: 1984512 is '1.98MB' in three. */
export function humanSize(bytes: number, digits = 3): string {
  let size = bytes
  let unit = 0
  // What rounds up to 1000 belongs to the next unit; Go would print 1e+03 there.
  while (Number(precise(size, digits)) >= 1000 && unit < UNITS.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${goNumber(size, digits)}${UNITS[unit]}`
}

/** So many significant digits as Go writes them, which does not look for a unit when it is less than nothing. */
function goNumber(size: number, digits: number): string {
  const rounded = Number(precise(size, digits))
  if (Math.abs(rounded) < 10 ** digits) return String(rounded)
  const [number = '', exponent = ''] = rounded.toExponential().split('e+')
  return `${number}e+${exponent.padStart(2, '0')}`
}

/** Units of 1024: 25276510208 is '23.54GiB'. */
export function binarySize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  const unit = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${Number(precise(bytes / 1024 ** unit, 4))}${units[unit]}`
}
