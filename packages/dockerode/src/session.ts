import type { Options } from './types.js'

/**
 * What a build by BuildKit sends besides its context: the session in which it asks for credentials, secrets and files. There
 * is none yet, and BuildKit builds without one what needs none of these. Throws for credentials, which would not be used.
 */
export function sessionOf({ authconfig }: Options): Options {
  if (authconfig === undefined) return {}
  throw new Error(
    "buildImage: authconfig cannot be used by a build with version '2' yet: BuildKit asks for it in a session, which " +
      'dockline-dockerode cannot serve. Leave version out for the classic builder, or pull the images before',
  )
}
