import type { ContainerCreateOptions } from 'dockline'
import { UsageError } from '../../errors.js'
import { type Flag, type FlagSettings, text } from '../flag.js'

type Name = keyof ContainerCreateOptions

/** A flag that becomes one option of a container, whatever the other flags say. */
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

/** Lets the library read the value already now: its reason then stands in the message about the flag. */
export function readableBy(parse: (text: string) => unknown): (text: string) => void {
  return (given) => {
    parse(given)
  }
}

/** A number that may have a fraction, such as `--cpus 1.5`. */
export function decimal(help: string, settings: FlagSettings<string> = {}): Flag<string | undefined> {
  const check = (given: string) => {
    if (!/^(\d+\.?\d*|\.\d+)$/.test(given))
      throw new UsageError(`failed to parse ${given} as a rational number`)
  }
  return text(help, { type: 'decimal', check, ...settings })
}

/** `path:value`, as the limits on single devices are written. */
export function devicePair(given: string): [path: string, value: string] {
  const cut = given.lastIndexOf(':')
  const [path, value] = [given.slice(0, cut), given.slice(cut + 1)]
  if (cut > 0 && path.startsWith('/dev/') && value !== '') return [path, value]
  throw new UsageError(`bad format: ${given}: must be like /dev/sda:10m`)
}
