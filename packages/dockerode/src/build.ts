import { packContext } from 'dockline/syntax'
import { argumentsOf, call, deliver, type Given, type Method } from './endpoint.js'
import { openSession } from './session.js'
import { isBuildContext } from './shared.js'
import type { Callback, Handle, ModemLike, Options } from './types.js'

const BUILD: Method = { name: 'buildImage', row: ['POST /build?', {}, { takes: 'file', stream: true }] }

/**
 * Builds an image of a tar, or of `{ context, src }`: a folder, less what its .dockerignore names. `version: '2'` builds with
 * BuildKit, which also takes `secrets` and `ssh`.
 */
export function buildImage(this: Handle, ...args: readonly unknown[]): unknown {
  const { options, ...given } = argumentsOf(BUILD.row, args)
  const { cachefrom } = options
  const listed = Array.isArray(cachefrom) ? { ...options, cachefrom: JSON.stringify(cachefrom) } : options
  const prepare = options.version === '2' ? prepareBuildKit : prepareClassic
  return deliver(this.modem, given.callback, (done) => {
    prepare(this.modem, { ...given, options: listed }).then(
      ({ ended, ...prepared }) =>
        call(this, BUILD, { ...prepared, callback: ended ? ending(done, ended) : done }),
      (error) => process.nextTick(done, error, null),
    )
  })
}

/** A request that is ready, and what is to be done when the build has ended. */
type Prepared = Given & { readonly ended?: () => void }

async function prepareClassic(_modem: ModemLike, given: Given): Promise<Prepared> {
  const { first: file, options } = given
  if (!isBuildContext(file)) return given
  const asked = options.dockerfile as string | undefined
  const signal = options.abortSignal as AbortSignal | undefined
  const { context, src } = file
  const { tar, dockerfile } = await packContext({
    context,
    only: src,
    dockerfile: asked,
    compress: true,
    signal,
  })
  // A Dockerfile from outside the context has another name in it.
  const renamed = dockerfile === (asked ?? 'Dockerfile') ? {} : { dockerfile }
  return { ...given, first: tar, options: { ...options, ...renamed } }
}

/** A folder is not packed: BuildKit asks for the files that it does not have yet. */
async function prepareBuildKit(modem: ModemLike, given: Given): Promise<Prepared> {
  const { first: file, options } = given
  const session = await openSession(modem, file, options)
  const { secrets: _secrets, ssh: _ssh, ...sent } = options as Options
  const first = isBuildContext(file) ? undefined : file
  return { ...given, first, options: { ...sent, ...session.query }, ended: () => session.close() }
}

/** Calls back. `ended` is called when the stream has closed, or at once when there is none. */
function ending(done: Callback, ended: () => void): Callback {
  return (error, stream) => {
    if (stream) (stream as NodeJS.ReadableStream).once('close', ended)
    else ended()
    done(error, stream)
  }
}
