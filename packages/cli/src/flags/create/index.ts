import type { ContainerCreateOptions } from 'dockline'
import type { HostConfig } from 'dockline/api'
import { type CreateRequest, createRequest } from 'dockline/syntax'
import { EXIT, ExitError, explain, UsageError } from '../../errors.js'
import { environmentFileFlag, environmentFlag, environmentOf, readLines } from '../environment.js'
import { bool, type Flags, list, text } from '../flag.js'
import { contentTrustFlag } from '../ignored.js'
import { labels } from '../lists.js'
import type { Parsed } from '../parse.js'
import { platformFlag } from '../platform.js'
import { inFlagWords } from '../words.js'
import { deviceFlags, deviceOptions } from './devices.js'
import { networkFlags, networkOptions } from './network.js'
import { isOptionFlag } from './option.js'
import { checkModes, processFlags, restartOption } from './process.js'
import { checkResources, resourceFlags } from './resources.js'
import { securityFlags, securityOptions } from './security.js'
import { storageFlags, storageOptions } from './storage.js'
import { watchingFlags, watchingOptions } from './watching.js'

export { mountWarnings } from './mount.js'

const STREAMS = ['stdin', 'stdout', 'stderr']

/** Everything that says how the container is to be. */
export const createFlags = {
  ...deviceFlags,
  ...networkFlags,
  ...processFlags,
  ...resourceFlags,
  ...securityFlags,
  ...storageFlags,
  ...watchingFlags,
  attach: list('Attach to STDIN, STDOUT or STDERR', {
    short: 'a',
    check: (given) => {
      if (!STREAMS.includes(given.toLowerCase()))
        throw new UsageError('valid streams are STDIN, STDOUT and STDERR')
    },
  }),
  cidfile: text('Write the container ID to the file'),
  detach: bool('Run container in background and print container ID', 'd'),
  'disable-content-trust': contentTrustFlag,
  env: environmentFlag,
  'env-file': environmentFileFlag,
  interactive: bool('Keep STDIN open even if not attached', 'i'),
  label: labels('Set meta data on a container', { short: 'l' }),
  'label-file': list('Read in a line delimited file of labels'),
  platform: platformFlag,
  rm: bool('Automatically remove the container and its anonymous volumes when it exits'),
  tty: bool('Allocate a pseudo-TTY', 't'),
}
type ContainerCall = Pick<Parsed<typeof createFlags>, 'flags' | 'given' | 'operands'>
type CreateCall = Omit<ContainerCall, 'operands'>

/** The container that the command line asks for. What cannot be asked of any Engine is wrong usage. */
export async function containerRequest(call: ContainerCall, host: HostConfig = {}): Promise<CreateRequest> {
  const [image = '', ...command] = call.operands
  if (image === '') throw new ExitError('invalid reference format', EXIT.usage)
  try {
    const options = await createOptions(call)
    const hostConfig = { ...options.hostConfig, ...host }
    return createRequest(image, command.length > 0 ? command : undefined, { ...options, hostConfig })
  } catch (error) {
    const told = inFlagWords(error, createFlags, EXIT.usage)
    throw told instanceof ExitError ? told : new ExitError(explain(told), EXIT.usage, error)
  }
}

/** Which streams of the container this process holds. */
export interface AttachedStreams {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

export function streamsOf({ attach, detach, interactive }: CreateCall['flags']): AttachedStreams {
  if (detach && attach.length > 0) {
    throw new ExitError('conflicting options: cannot specify both --attach and --detach')
  }
  if (detach) return { stdin: false, stdout: false, stderr: false }
  const wanted = attach.map((stream) => stream.toLowerCase())
  const none = wanted.length === 0
  return {
    stdin: interactive || wanted.includes('stdin'),
    stdout: none || wanted.includes('stdout'),
    stderr: none || wanted.includes('stderr'),
  }
}

/** docker sends these fields empty, and an Engine keeps them so: `inspect` then shows an empty list, and not null. */
const AS_DOCKER: ContainerCreateOptions = {
  hostConfig: {
    PortBindings: {},
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    BlkioWeightDevice: [],
    BlkioDeviceReadBps: [],
    BlkioDeviceWriteBps: [],
    BlkioDeviceReadIOps: [],
    BlkioDeviceWriteIOps: [],
    Devices: [],
    Ulimits: [],
  },
}

/** The options of the container that the flags ask for. What else was not given is left to the Engine. */
async function createOptions(call: CreateCall): Promise<ContainerCreateOptions> {
  const { flags } = call
  if (flags.rm && !/^(no)?(:|$)/.test(flags.restart ?? '')) {
    throw new ExitError('dockline: conflicting options: cannot specify both --restart and --rm', EXIT.usage)
  }
  checkModes(flags)
  checkResources(flags)
  return merged([
    AS_DOCKER,
    singleOptions(call),
    restartOption(flags),
    deviceOptions(flags),
    networkOptions(flags),
    storageOptions(flags),
    watchingOptions(flags),
    await securityOptions(flags),
    await namedValues(flags),
    streamOptions(flags),
  ])
}

function singleOptions({ flags, given }: CreateCall): ContainerCreateOptions {
  const values: Readonly<Record<string, unknown>> = flags
  const known: Flags = createFlags
  const single = Object.entries(known).map(([name, flag]) =>
    isOptionFlag(flag) && given.has(name) ? flag.toOption(values[name]) : {},
  )
  return Object.assign({}, ...single)
}

async function namedValues(flags: CreateCall['flags']): Promise<ContainerCreateOptions> {
  const environment = await environmentOf(flags['env-file'], flags.env)
  const labels = [...(await readLines(flags['label-file'])), ...flags.label]
  return {
    env: environment.length > 0 ? environment : undefined,
    labels: labels.length > 0 ? labels : undefined,
  }
}

function streamOptions(flags: CreateCall['flags']): ContainerCreateOptions {
  const { stdin, stdout, stderr } = streamsOf(flags)
  return {
    attachStdin: stdin,
    attachStdout: stdout,
    attachStderr: stderr,
    interactive: flags.interactive,
    // So the end of our stdin is the end of the container's.
    stdinOnce: flags.interactive && stdin,
    tty: flags.tty,
    platform: flags.platform || undefined,
    ...(flags.cidfile ? { hostConfig: { ContainerIDFile: flags.cidfile } } : {}),
    ...(flags.rm ? { remove: true } : {}),
  }
}

/** `config` and `hostConfig` come from several places, and each has a part of them. */
function merged(parts: readonly ContainerCreateOptions[]): ContainerCreateOptions {
  const all: ContainerCreateOptions = Object.assign({}, ...parts)
  return {
    ...all,
    config: Object.assign({}, ...parts.map(({ config }) => config)),
    hostConfig: Object.assign({}, ...parts.map(({ hostConfig }) => hostConfig)),
  }
}
