/** Refuses a build that BuildKit is asked to do: it wants a session, in which it asks for credentials and files. */
export function refuseSession(): never {
  throw new Error(
    "buildImage: version '2' asks for a build by BuildKit, whose session dockline-dockerode cannot serve yet: leave version out for the classic builder",
  )
}
