import { type DockerClient, VERSION } from 'dockline'
import { MAX_API_VERSION, type SystemVersion } from 'dockline/api'
import type { Cli } from '../cli.js'
import { defineCommand } from '../command.js'
import { objectFormatFlag } from '../flags/format.js'
import { ansiTime } from '../go/time.js'
import { printerOf, readTemplate } from '../output/object-format.js'
import { type ClientVersion, type Versions, versionBlocks } from '../output/version-blocks.js'
import { whatCanBeShown } from '../template/index.js'

const flags = {
  format: objectFormatFlag('{{.Server.Version}}', { short: 'f' }),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { format = '' } }) {
    const show = await formatter(format)
    const { versions, failure } = await versionsOf(cli)
    cli.line(failure === undefined ? show(versions) : whatCanBeShown(() => show(versions)))
    // A person who asks for help needs the client's part most when there is no server.
    if (failure !== undefined) throw failure
  },
})

async function formatter(format: string): Promise<(versions: Versions) => string> {
  if (format === '') return versionBlocks
  return printerOf(readTemplate(format, 'version'), 'system.versionInfo')
}

async function versionsOf(cli: Cli): Promise<{ versions: Versions; failure?: unknown }> {
  const client = await cli.client()
  try {
    const server = await client.version()
    return { versions: { Client: await clientVersion(cli, client), Server: withComponents(server) } }
  } catch (failure) {
    return { versions: { Client: await clientVersion(cli, undefined), Server: null }, failure }
  }
}

async function clientVersion(cli: Cli, client: DockerClient | undefined): Promise<ClientVersion> {
  return {
    Version: VERSION,
    ApiVersion: client === undefined ? MAX_API_VERSION : await client.api.version(),
    DefaultAPIVersion: MAX_API_VERSION,
    NodeVersion: process.versions.bun ? `bun ${process.versions.bun}` : process.version,
    Os: process.platform,
    Arch: process.arch === 'x64' ? 'amd64' : process.arch,
    Context: cli.context,
  }
}

/**
 * As docker has it: times for people, and the Engine as a component even where an old one does not list it.
 */
function withComponents(server: SystemVersion): SystemVersion {
  const { Version = '', ApiVersion = '', MinAPIVersion = '', GitCommit = '', GoVersion = '' } = server
  const { Os = '', Arch = '', BuildTime = '' } = server
  const least = MinAPIVersion === '' ? {} : { MinAPIVersion }
  const texts = { Version, ApiVersion, ...least, GitCommit, GoVersion, Os, Arch }
  // In Go's order of a map.
  const place = {
    ApiVersion,
    Arch,
    BuildTime,
    Experimental: 'false',
    GitCommit,
    GoVersion,
    MinAPIVersion,
    Os,
  }
  const engine = { Name: 'Engine', Version, Details: place }
  const Components = (server.Components ?? [engine]).map((component) => ({
    ...component,
    Details: { ...component.Details, ...builtAt(component.Details?.BuildTime) },
  }))
  // In docker's order.
  return Object.assign({ Platform: { Name: '' }, Components, ...texts }, server, { Components })
}

function builtAt(time: unknown): { BuildTime?: string } {
  return typeof time === 'string' ? { BuildTime: ansiTime(time) } : {}
}
