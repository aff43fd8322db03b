import { ApiError, VERSION } from 'dockline'
import type { SystemInfo } from 'dockline/api'
import type { Cli } from '../cli.js'
import { defineCommand } from '../command.js'
import { explain } from '../errors.js'
import { objectFormatFlag } from '../flags/format.js'
import { type ClientInfo, clientText, serverText } from '../output/info-text.js'
import { printerOf, readTemplate } from '../output/object-format.js'
import { listPlugins } from '../plugins/index.js'
import { parseTemplate, whatCanBeShown } from '../template/index.js'

/** Docker Hub, as config.json names it. */
const HUB = 'https://index.docker.io/v1/'

const flags = {
  format: objectFormatFlag('{{.ServerVersion}}', { short: 'f' }),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { format } }) {
    const show = format ? await formatter(format) : undefined
    const ClientInfo = await clientInfo(cli)
    const { info, failure } = isOfClient(format, ClientInfo) ? { info: {} } : await infoOf(cli)
    if (show !== undefined) {
      // An Engine that refuses has answered: that is a part of what is shown.
      const ServerErrors = failure instanceof ApiError ? [explain(failure)] : undefined
      for (const refusal of ServerErrors ?? []) cli.complain(refusal)
      const known = { ...info, ServerErrors, ClientInfo }
      const isLost = failure !== undefined && ServerErrors === undefined
      cli.line(isLost ? whatCanBeShown(() => show(known)) : show(known))
      if (isLost) throw failure
      return 0
    }
    // A person who asks for help needs the client's part most when there is no server.
    cli.write(`${clientText(ClientInfo)}\nServer:\n`)
    for (const { Path, Err } of ClientInfo.Plugins) {
      if (Err !== undefined) cli.complain(`WARNING: Plugin ${JSON.stringify(Path)} is not valid: ${Err}`)
    }
    if (failure !== undefined) throw failure
    cli.line(serverText(info, { isDebugging: isDebugging(cli), user: userOf(cli) }))
    for (const warning of info.Warnings ?? []) cli.complain(warning)
    return 0
  },
})

type Known = SystemInfo & {
  readonly ServerErrors: readonly string[] | undefined
  readonly ClientInfo: ClientInfo
}

/** A wrong template is reported before the Engine is asked. */
function formatter(format: string): Promise<(info: Known) => string> {
  return printerOf(readTemplate(format), 'system.dockerInfo')
}

/** As docker has it, what names fields, and none but the client's own, is answered without an Engine. */
function isOfClient(format: string | undefined, ClientInfo: ClientInfo): boolean {
  if (format === undefined || !/\.[a-zA-Z]/.test(format)) return false
  try {
    parseTemplate(format).render({ fields: { ClientInfo, ClientErrors: [] } })
    return true
  } catch {
    return false
  }
}

/** Returns whether -D or the variable DEBUG asks for more, as for docker. */
function isDebugging(cli: Cli): boolean {
  return cli.debug || Boolean(process.env.DEBUG)
}

/** Returns the name of the user who has logged in to Docker Hub, if config.json has that name. */
function userOf({ config }: Cli): string {
  const { username, auth }: { readonly username?: unknown; readonly auth?: unknown } =
    config.auths?.[HUB] ?? {}
  if (typeof auth === 'string' && auth !== '')
    return Buffer.from(auth, 'base64').toString().replace(/:.*/s, '')
  return typeof username === 'string' ? username : ''
}

async function clientInfo(cli: Cli): Promise<ClientInfo> {
  return { Debug: isDebugging(cli), Version: VERSION, Context: cli.context, Plugins: await listPlugins(cli) }
}

async function infoOf(cli: Cli): Promise<{ info: SystemInfo; failure?: unknown }> {
  try {
    return { info: await (await cli.client()).info() }
  } catch (failure) {
    return { info: {}, failure }
  }
}
