import type { ContainerCreateOptions } from 'dockline'
import type { HostConfig } from 'dockline/api'
import { EXIT, ExitError, UsageError } from '../../errors.js'
import { bool, int, isExact, list, text, type Values } from '../flag.js'
import { hosts } from '../lists.js'
import { to } from './option.js'

/** What runs in the container, and how it sits on its host. */
export const processFlags = {
  'add-host': to('extraHosts', hosts('Add a custom host-to-IP mapping (host:ip)')),
  'cap-add': to('capAdd', list('Add Linux capabilities'), capabilities),
  'cap-drop': to('capDrop', list('Drop Linux capabilities'), capabilities),
  cgroupns: to(
    'cgroupns',
    text('Cgroup namespace to use (host|private)'),
    (given) => (given || undefined) as 'host',
  ),
  domainname: to('domainname', text('Container NIS domain name')),
  // One word, which may be empty: then the image's own entrypoint is dropped.
  entrypoint: to('entrypoint', text('Overwrite the default ENTRYPOINT of the image'), (given) => [given]),
  'group-add': to('groupAdd', list('Add additional groups to join')),
  hostname: to('hostname', text('Container host name', { short: 'h' })),
  init: to('init', bool('Run an init inside the container that forwards signals and reaps processes')),
  ipc: to('ipc', text('IPC mode to use')),
  isolation: to('isolation', text('Container isolation technology'), (given) => given as 'default'),
  name: to('name', text('Assign a name to the container')),
  pid: to('pid', text('PID namespace to use')),
  privileged: to('privileged', bool('Give extended privileges to this container')),
  'read-only': to('readOnly', bool("Mount the container's root filesystem as read only")),
  restart: text('Restart policy to apply when a container exits (default "no")'),
  runtime: to('runtime', text('Runtime to use for this container')),
  'stop-signal': to('stopSignal', text('Signal to stop the container')),
  // In the Engine's own words, which take any number of seconds.
  'stop-timeout': to('config', int('Timeout (in seconds) to stop a container'), (StopTimeout) => ({
    StopTimeout,
  })),
  'storage-opt': to('storageOpt', list('Storage driver options for the container')),
  sysctl: to('sysctls', list('Sysctl options', { type: 'map', check: checkSysctl })),
  user: to('user', text('Username or UID (format: <name|uid>[:<group|gid>])', { short: 'u' })),
  userns: to('userns', text('User namespace to use')),
  uts: to('uts', text('UTS namespace to use')),
  workdir: to('workdir', text('Working directory inside the container', { short: 'w' })),
}

/** docker's name of each namespace, and the ways to use it. */
const MODES = {
  cgroupns: ['CGROUP', /^(?:host|private)?$/],
  pid: ['PID', /^(?:host|container:.+)?$/],
  userns: ['USER', /^(?:host)?$/],
  uts: ['UTS', /^(?:host)?$/],
} as const

export function checkModes(flags: Values<typeof processFlags>): void {
  for (const name of ['pid', 'uts', 'userns', 'cgroupns'] as const) {
    const [word, modes] = MODES[name]
    if (!modes.test(flags[name] ?? '')) throw new ExitError(`--${name}: invalid ${word} mode`, EXIT.usage)
  }
  if (flags['storage-opt'].every((option) => option.includes('='))) return
  throw new ExitError('invalid storage option', EXIT.usage)
}

/** Whether the Engine knows the policy, the Engine says. */
export function restartOption({ restart = '' }: Values<typeof processFlags>): ContainerCreateOptions {
  if (restart === '') return {}
  const [, name = '', colon = '', count = ''] = /^([^:]*)(:?)(.*)$/s.exec(restart) ?? []
  if (colon !== '' && name === '') throw badPolicy('no policy provided before colon')
  if (!/^([-+]?\d+)?$/.test(count) || !isExact(Number(count)))
    throw badPolicy('maximum retry count must be an integer')
  const policy = { Name: name, MaximumRetryCount: Number(count) } as HostConfig['RestartPolicy']
  return { hostConfig: { RestartPolicy: policy } }
}

function badPolicy(reason: string): ExitError {
  return new ExitError(`invalid restart policy format: ${reason}`, EXIT.usage)
}

/** As docker sends them: in full, each once, in order. */
function capabilities(given: readonly string[]): readonly string[] {
  const names = given.map((name) => name.trim().toUpperCase())
  return [
    ...new Set(names.map((name) => (name === 'ALL' ? name : `CAP_${name.replace(/^CAP_/, '')}`))),
  ].sort()
}

const OWN_SYSCTLS = [
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
]

/** Only those that a container has for itself. */
function checkSysctl(given: string): void {
  const [name = '', value] = given.split('=')
  if (value !== undefined && (OWN_SYSCTLS.includes(name) || /^(net|fs\.mqueue)\./.test(name))) return
  throw new UsageError(`sysctl '${given}' is not allowed`)
}
