import { Readable } from 'node:stream'
import { packContext } from 'dockline/syntax'
import type { Callback, Options } from './types.js'

/** Copies the properties of the sources to the target, also inherited ones. */
export function extend<Target extends object>(target: Target, ...sources: readonly unknown[]): Target {
  for (const source of sources) {
    for (const name in source as object) Object.assign(target, { [name]: (source as Options)[name] })
  }
  return target
}

/** Sorts out `(opts?, callback?)`, and lays the options over the defaults, in a copy. */
export function processArgs(opts: unknown, callback?: Callback, defaults?: object) {
  const isCallback = !callback && typeof opts === 'function'
  return {
    callback: isCallback ? (opts as Callback) : callback,
    opts: extend({} as Options, defaults, isCallback ? undefined : opts),
  }
}

/** The name of an image, and the tag or digest behind it; the port of a registry is neither. */
export function parseRepositoryTag(input: string): { repository: string; tag?: string } {
  const at = input.indexOf('@')
  const separator = at >= 0 ? at : input.lastIndexOf(':')
  const tag = input.slice(separator + 1)
  if (separator < 0 || tag.includes('/')) return { repository: input }
  return { repository: input.slice(0, separator), tag }
}

/** A build context in a folder. */
interface BuildContext {
  readonly context: string
  /** The files and folders of it that are sent. Default: all. */
  readonly src?: readonly string[]
}

/** Whether it is `{ context, src }`. */
export function isBuildContext(file: unknown): file is BuildContext {
  return typeof (file as Partial<BuildContext> | undefined)?.context === 'string'
}

/** Gives a build context as a compressed tar, and anything else as it is. A tar that cannot be made fails as it is read. */
export function prepareBuildContext(file: unknown, next: (file: unknown) => void): void {
  next(isBuildContext(file) ? Readable.from(packed(file), { objectMode: false }) : file)
}

async function* packed({ context, src }: BuildContext): AsyncGenerator<Buffer> {
  const { tar } = await packContext({ context, only: src, compress: true })
  yield* tar as AsyncIterable<Buffer>
}
