import type { SystemVersion } from 'dockline/api'

export interface ClientVersion {
  readonly Version: string
  readonly ApiVersion: string
  readonly DefaultAPIVersion: string
  readonly NodeVersion: string
  readonly Os: string
  readonly Arch: string
  readonly Context: string
}

export interface Versions {
  readonly Client: ClientVersion
  readonly Server: SystemVersion | null
}

type Line = readonly [name: string, value: unknown]

/** docker's column of values. */
const NAME_WIDTH = 20

/** What `version` prints for people: one block for this command, one for the Engine and its parts. */
export function versionBlocks({ Client, Server }: Versions): string {
  const client = `Client: Dockline\n${block(clientLines(Client), 1)}`
  if (Server === null) return client
  const { Platform, Components = [] } = Server
  const title = `Server: ${Platform?.Name ?? ''}`.trimEnd()
  const parts = Components.map(({ Name, Version, Details }) => {
    const lines: Line[] = [['Version', Version], ...detailLines(Name, Details ?? {})]
    return ` ${Name}:\n${block(lines, 2)}`
  })
  return `${client}\n\n${[title, ...parts].join('\n')}`
}

function clientLines({
  Version,
  ApiVersion,
  DefaultAPIVersion,
  NodeVersion,
  Os,
  Arch,
  Context,
}: ClientVersion): Line[] {
  const lowered = ApiVersion === DefaultAPIVersion ? '' : ` (downgraded from ${DefaultAPIVersion})`
  return [
    ['Version', Version],
    ['API version', `${ApiVersion}${lowered}`],
    ['Node version', NodeVersion],
    ['OS/Arch', `${Os}/${Arch}`],
    ['Context', Context],
  ]
}

function detailLines(component: string, details: Readonly<Record<string, unknown>>): Line[] {
  if (component !== 'Engine') return Object.entries(details).sort(byName)
  const { ApiVersion, MinAPIVersion, GoVersion, GitCommit, BuildTime, Os, Arch, Experimental } = details
  return [
    ['API version', `${ApiVersion} (minimum version ${MinAPIVersion})`],
    ['Go version', GoVersion],
    ['Git commit', GitCommit],
    ['Built', BuildTime],
    ['OS/Arch', `${Os}/${Arch}`],
    ['Experimental', Experimental],
  ]
}

function block(lines: readonly Line[], indent: number): string {
  const shown = lines.map(
    ([name, value]) => `${' '.repeat(indent)}${name}:`.padEnd(NAME_WIDTH) + String(value ?? ''),
  )
  return shown.map((line) => line.trimEnd()).join('\n')
}

function byName([a]: Line, [b]: Line): number {
  return a < b ? -1 : 1
}
