import type { ApiClient, ContainerInspectResponse } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import type { EngineTarget } from '../base/object.js'
import type { PortName } from '../options/ports.js'
import { invalid, text } from '../options/values.js'
import { engineHost } from './engine-host.js'
import {
  bindingIn,
  type ContainerPort,
  type HostBinding,
  inspectPorts,
  notPublished,
  parsePort,
} from './published.js'

export interface UrlOptions extends CallOptions {
  /** The scheme of the URL, such as 'https' or 'postgres'. Default: 'http'. */
  readonly protocol?: string | undefined
  /** What follows the port, such as '/health?full=1'. Default: ''. */
  readonly path?: string | undefined
  /** The host to write in place of the Engine's, where a port is forwarded. Default: the host of the Engine. */
  readonly host?: string | undefined
}

/** Finds the port of the host that leads to a port of a container. */
export async function hostPortOf(
  { api, id }: EngineTarget,
  port: ContainerPort,
  options: CallOptions,
): Promise<number> {
  const call = readCall(options)
  const wanted = parsePort(port)
  return (await publishedBinding(api, await inspectPorts(api, id, call), wanted)).port
}

/** Makes the URL by which this process reaches a port of a container. */
export async function urlOf(
  { api, id }: EngineTarget,
  port: ContainerPort,
  options: UrlOptions,
): Promise<string> {
  const [{ protocol: scheme = 'http', path: rest = '', host: own }, call] = urlOptions.read(options)
  const wanted = parsePort(port)
  const binding = await publishedBinding(api, await inspectPorts(api, id, call), wanted)
  const host = own ?? (await engineHost(api, binding, call))
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${binding.port}${rest}`
}

const urlOptions = callTable<UrlOptions>({ protocol: schemeOf, path: pathOf, host: text })

function schemeOf(protocol: unknown): string {
  const [, scheme] = /^([a-z][a-z\d+.-]*)(?::\/\/|:)?$/i.exec(String(protocol)) ?? []
  return scheme ?? invalid('protocol', "a scheme such as 'https'", protocol)
}

function pathOf(path: unknown): string {
  const rest = text(path, 'path')
  return rest === '' || /^[/?#]/.test(rest) ? rest : `/${rest}`
}

async function publishedBinding(
  { http }: ApiClient,
  attrs: ContainerInspectResponse,
  port: PortName,
): Promise<HostBinding> {
  const binding = bindingIn(attrs, port)
  if (binding !== undefined) return binding
  throw notPublished(attrs, port, http.address)
}
