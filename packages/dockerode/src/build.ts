import { packContext } from 'dockline/syntax'
import { argumentsOf, call, deliver, type Endpoint, type Given } from './endpoint.js'
import { openSession } from './session.js'
import { isBuildContext } from './shared.js'
import type { Callback, Handle, Options } from './types.js'

const BUILD: Endpoint = { verb: 'POST', path: '/build?', takes: 'file', stream: true }

/**
 * Builds an image of a tar, or of `{ context, src }`: a folder, less what its .dockerignore names. `version: '2'` builds with
 * BuildKit, which also takes `secrets` and `ssh`.
 */
export function buildImage(this: Handle, ...args: readonly unknown[]): unknown {
  const given = argumentsOf(BUILD, args)
  const prepare = given.options.version === '2' ? prepareBuildKit : prepareClassic
  return deliver(this.modem, given.callback, (done) => {
    prepare(this, given).then(
      ({ ended, ...prepared }) =>
        call(this, 'buildImage', BUILD, { ...prepared, callback: ended ? ending(done, ended) : done }),
      (error) => process.nextTick(done, error, null),
    )
  })
}

/** A request that is ready, and what is to be done when the build has ended. */
interface Prepared extends Given {
  readonly ended?: () => void
}

async function prepareClassic(_handle: Handle, { first: file, options, ...given }: Given): Promise<Prepared> {
  if (!isBuildContext(file)) return { ...given, first: file, options: listed(options) }
  const { tar, dockerfile } = await packContext({
    context: file.context,
    only: file.src,
    dockerfile: options.dockerfile as string | undefined,
    gzip: true,
    signal: options.abortSignal as AbortSignal | undefined,
  })
  return { ...given, first: tar, options: { ...listed(options), ...renamed(options, dockerfile) } }
}

/** A folder is not packed: BuildKit asks for the files that it does not have yet. */
async function prepareBuildKit(
  { modem }: Handle,
  { first: file, options, ...given }: Given,
): Promise<Prepared> {
  const session = await openSession(modem, { file, options })
  const { secrets: _secrets, ssh: _ssh, ...rest } = listed(options)
  const body = isBuildContext(file) ? undefined : file
  return { ...given, first: body, options: { ...rest, ...session.query }, ended: () => session.close() }
}

function listed(options: Options): Options {
  const { cachefrom } = options
  return Array.isArray(cachefrom) ? { ...options, cachefrom: JSON.stringify(cachefrom) } : options
}

/** A Dockerfile from outside the context has another name in it. */
function renamed({ dockerfile = 'Dockerfile' }: Options, name: string): Options {
  return name === dockerfile ? {} : { dockerfile: name }
}

/** Calls back, and does what is to be done when the stream has ended, or at once when there is none. */
function ending(done: Callback, ended: () => void): Callback {
  return (error, stream) => {
    if (stream) (stream as NodeJS.ReadableStream).once('close', ended)
    else ended()
    done(error, stream)
  }
}
