import type { CallOptions } from '../http/index.js'
import { refuseUnknown } from './options/index.js'
import { object } from './options/values.js'

/**
 * The options of one call, and apart from them what belongs to every call. Names other than these are refused, so
 * that a misspelt one does not vanish without a word.
 */
export function splitCall<Options extends CallOptions>(
  options: Options,
  known: readonly string[],
): [own: Omit<Options, keyof CallOptions>, call: CallOptions] {
  refuseUnknown(object(options, 'options'), [...known, 'signal', 'timeout'])
  const { signal, timeout, ...own } = options
  return [own, { signal, timeout }]
}
