import type { ContainerCreateOptions } from 'dockline'
import { UsageError } from '../../errors.js'
import type { Flag } from '../flag.js'

type Name = keyof ContainerCreateOptions

/** A flag that becomes one option of a container, independent of the other flags. */
export interface OptionFlag<T> extends Flag<T> {
  toOption(value: T): ContainerCreateOptions
}

/** `to('capAdd', list('…'))`; `convert` where the flag's value is not yet the option's. */
export function to<K extends Name, T extends ContainerCreateOptions[K]>(
  option: K,
  flag: Flag<T>,
): OptionFlag<T>
export function to<K extends Name, T>(
  option: K,
  flag: Flag<T>,
  convert: (value: NonNullable<T>) => ContainerCreateOptions[K],
): OptionFlag<T>
export function to<T>(
  option: Name,
  flag: Flag<T>,
  convert?: (value: NonNullable<T>) => unknown,
): OptionFlag<T> {
  const optionValue = (value: T) =>
    convert === undefined || value === undefined ? value : convert(value as NonNullable<T>)
  return { ...flag, toOption: (value) => ({ [option]: optionValue(value) }) }
}

export function isOptionFlag(flag: Flag<unknown>): flag is OptionFlag<unknown> {
  return 'toOption' in flag
}

const RATIONAL = /^([-+]?)(\d*)(?:\.(\d*))?(?:e([-+]?\d{1,2}))?(?:\/(\d+))?$/i

/** A number of CPUs, such as `1.5`, `1e1` or `1/2`, in billionths of one. */
export function billionths(given: string): number {
  const [, sign, whole = '', fraction = '', exponent = '0', divisor = '1'] = RATIONAL.exec(given) ?? []
  if (whole + fraction === '' || Number(divisor) === 0)
    throw new UsageError(`failed to parse ${given} as a rational number`)
  const places = 9 + Number(exponent) - fraction.length
  const top = BigInt(whole + fraction) * 10n ** BigInt(Math.max(places, 0))
  const bottom = BigInt(divisor) * 10n ** BigInt(Math.max(-places, 0))
  if (top % bottom !== 0n) throw new UsageError('value is too precise')
  return Number(top / bottom) * (sign === '-' ? -1 : 1)
}

/** The same as a number. */
export function cpuCount(given: string): number {
  return billionths(given) / 1e9
}

/** `path:value`, as the limits on single devices are written. */
export function devicePair(given: string): [path: string, value: string] {
  const cut = given.indexOf(':')
  const [path, value] = [given.slice(0, cut), given.slice(cut + 1)]
  if (cut < 1) throw new UsageError(`bad format: ${given}`)
  if (path.startsWith('/dev/')) return [path, value]
  throw new UsageError(`bad format for device path: ${given}`)
}
