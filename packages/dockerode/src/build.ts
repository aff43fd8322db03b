import { packContext } from 'dockline/syntax'
import { argumentsOf, call, deliver, type Endpoint, type Given } from './endpoint.js'
import { sessionOf } from './session.js'
import { isBuildContext } from './shared.js'
import type { Handle, Options } from './types.js'

const BUILD: Endpoint = { verb: 'POST', path: '/build?', takes: 'file', stream: true }

/** Builds an image of a tar, or of `{ context, src }`: a folder, less what its .dockerignore names. */
export function buildImage(this: Handle, ...args: readonly unknown[]): unknown {
  const given = argumentsOf(BUILD, args)
  return deliver(this.modem, given.callback, (done) => {
    prepare(given).then(
      (prepared) => call(this, 'buildImage', BUILD, { ...prepared, callback: done }),
      (error) => process.nextTick(done, error, null),
    )
  })
}

async function prepare({ first: file, options, ...given }: Given): Promise<Given> {
  const session = options.version === '2' ? sessionOf(options) : {}
  const { cachefrom } = options
  const listed = {
    ...options,
    ...session,
    ...(Array.isArray(cachefrom) && { cachefrom: JSON.stringify(cachefrom) }),
  }
  if (!isBuildContext(file)) return { ...given, first: file, options: listed }
  const { tar, dockerfile } = await packContext({
    context: file.context,
    only: file.src,
    dockerfile: options.dockerfile as string | undefined,
    gzip: true,
    signal: options.abortSignal as AbortSignal | undefined,
  })
  return { ...given, first: tar, options: { ...listed, ...renamed(options, dockerfile) } }
}

/** A Dockerfile from outside the context has another name in it. */
function renamed({ dockerfile = 'Dockerfile' }: Options, name: string): Options {
  return name === dockerfile ? {} : { dockerfile: name }
}
