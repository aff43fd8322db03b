import type { CallOptions } from '../../http/index.js'
import { checkSignal } from '../../support/abort.js'
import { refuseUnknown } from '../options/index.js'
import { invalid, object } from '../options/values.js'

/**
 * The options of one call, and apart from them what belongs to every call. Names other than these are refused, so
 * that a misspelt one does not vanish without a word.
 */
export function splitCall<Options extends CallOptions>(
  options: Options,
  known: readonly string[],
): [own: Omit<Options, keyof CallOptions>, call: CallOptions] {
  checkNames(options, known)
  const { signal, timeout, ...own } = options
  return [own, { signal, timeout }]
}

/** Refuses names other than these and those of every call. */
export function checkNames(options: object, known: readonly string[]): void {
  const given = object(options, 'options')
  refuseUnknown(given, [...known, 'signal', 'timeout'])
  const hint = known.includes('stopSignal')
    ? 'stopSignal names the signal that the container gets'
    : undefined
  checkSignal(given.signal, hint)
}

/** Refuses an `onProgress` that is not a function. */
export function checkProgress(onProgress: unknown): void {
  if (onProgress !== undefined && typeof onProgress !== 'function')
    invalid('onProgress', 'a function', onProgress)
}
