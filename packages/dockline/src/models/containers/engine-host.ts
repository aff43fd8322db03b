import { existsSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { ApiClient, SystemInfo } from '../../api/index.js'
import { InvalidArgumentError, NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { dialectOf } from '../podman/dialect.js'
import { type HostBinding, isLoopback } from './published.js'

/** Where a process finds out whether it runs in a container. */
export interface ProcessFiles {
  /** The files that Docker and Podman put into each container. */
  readonly marks: readonly string[]
  /** The table of mounts. In a container, some of them name its id. */
  readonly mounts: string
}

interface HostOptions extends CallOptions {
  /** Default: the files of this process. */
  readonly files?: ProcessFiles | undefined
}

const OWN_FILES: ProcessFiles = {
  marks: ['/.dockerenv', '/run/.containerenv'],
  mounts: '/proc/self/mountinfo',
}

/** The name of the host in each container of Docker Desktop, whose bridges are in a virtual machine. */
const DESKTOP_HOST = 'host.docker.internal'

/**
 * Finds the host by which this process reaches a published port. That is the host of the client's own address for TCP and
 * ssh. Behind a socket or a pipe it is this machine. For a process in a container, whose machine is the container, it is the
 * gateway of the Engine's default network, and on Docker Desktop a name.
 */
export async function engineHost(
  api: ApiClient,
  binding: HostBinding,
  { files = OWN_FILES, ...call }: HostOptions,
): Promise<string> {
  const named = namedHost(api.http.address)
  const far = named === undefined ? await hostFromContainer(api, call, files) : farHost(named)
  if (binding.isInHostNetwork) await refuseHiddenNetwork(api, binding, call)
  return far === undefined ? nearAddress(binding) : farAddress(far, binding)
}

/** The host that an Engine's address names; undefined for a socket or a pipe. */
function namedHost(address: string): string | undefined {
  const [, scheme, host = ''] = /^(tcp|ssh):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(address) ?? []
  if (scheme !== undefined) return host.replace(/^\[(.*)\]$/, '$1')
  if (/^(unix|npipe):/.test(address)) return undefined
  throw new InvalidArgumentError(`the client at ${address} does not know the host of its Engine`, {
    hint: 'give the option host',
  })
}

/** Undefined for this machine. */
function farHost(host: string): string | undefined {
  return isLoopback(host) ? undefined : host
}

/** By address and not as 'localhost', which may lead to another container's port of the other family. */
function nearAddress({ ip }: HostBinding): string {
  if (ip === '::') return '::1'
  return ip === '' || ip === '0.0.0.0' ? '127.0.0.1' : ip
}

function farAddress(host: string, { ip, port }: HostBinding): string {
  if (ip === '' || ip === '0.0.0.0' || ip === '::') return host
  if (!isLoopback(ip)) return ip
  // Docker Desktop forwards that name to the loopback address of its machine.
  if (host === DESKTOP_HOST) return host
  throw new InvalidArgumentError(`the port ${port} is published on ${ip} of ${host}, and only there`, {
    hint: 'publish it on each address, or give the option host if it is forwarded',
  })
}

/** The host of the Engine's machine for a process in a container; undefined for a process beside the Engine. */
async function hostFromContainer(
  api: ApiClient,
  call: CallOptions,
  { marks, mounts }: ProcessFiles,
): Promise<string | undefined> {
  if (!marks.some((path) => existsSync(path))) return undefined
  const info = await api.system.info(call)
  if (info.OperatingSystem === 'Docker Desktop') return DESKTOP_HOST
  const gateway = await defaultGateway(api, call)
  if (gateway === undefined || isOwnAddress(gateway)) return undefined
  if (!isRootless(info)) return gateway
  // The bridges of a rootless Engine are in a network of its own, so a process beside it does not have their addresses.
  if (!(await isContainerOf(api, call, mounts))) return undefined
  if (dialectOf(api).isPodman) return gateway
  throw new InvalidArgumentError(
    'a container of a rootless Engine has no fixed address for published ports',
    {
      hint: 'give the option host: an address of the machine of the Engine',
    },
  )
}

function isRootless({ SecurityOptions }: SystemInfo): boolean {
  return SecurityOptions?.includes('name=rootless') ?? false
}

/** Whether this process runs in a container of the Engine, which mounts files of the container's folder into it. */
async function isContainerOf(api: ApiClient, call: CallOptions, mounts: string): Promise<boolean> {
  const [, id] = /containers\/([\da-f]{64})\//.exec(readFileSync(mounts, 'utf8')) ?? []
  return id !== undefined && (await unlessMissing(api.containers.inspect(id, {}, call))) !== undefined
}

/** The network of the host is that of a rootless Engine, and nothing leads into it but published ports. */
async function refuseHiddenNetwork(api: ApiClient, { port }: HostBinding, call: CallOptions): Promise<void> {
  if (dialectOf(api).isPodman || !isRootless(await api.system.info(call))) return
  const gateway = await defaultGateway(api, call)
  if (gateway !== undefined && isOwnAddress(gateway)) return
  throw new InvalidArgumentError(
    `the port ${port} is in the network of the host, which a rootless Engine hides from its machine`,
    { hint: 'publish the port from another network' },
  )
}

async function defaultGateway(api: ApiClient, call: CallOptions): Promise<string | undefined> {
  const network = await unlessMissing(api.networks.inspect(dialectOf(api).defaultNetwork, {}, call))
  const [pool] = (network?.IPAM?.Config ?? []).filter(({ Subnet = '' }) => !Subnet.includes(':'))
  return pool?.Gateway || firstAddress(pool?.Subnet)
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** Engines before 23 do not name the gateway, which is the first address of the network. */
function firstAddress(subnet: string | undefined): string | undefined {
  const [, start, last] = /^(\d+\.\d+\.\d+)\.(\d+)\//.exec(subnet ?? '') ?? []
  return last === undefined ? undefined : `${start}.${Number(last) + 1}`
}

/** In the network of the Engine, as with `--network host`, its gateway is an address of this process. */
function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some((each) => each.address === address))
}
