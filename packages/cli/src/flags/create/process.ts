import { parseRestartPolicy, type RestartPolicyOptions } from 'dockline'
import { bool, int, list, text } from '../flag.js'
import { readableBy, to } from './option.js'

/** What runs in the container, and how it sits on its host. */
export const processFlags = {
  'add-host': to('extraHosts', list('Add a custom host-to-IP mapping (host:ip)')),
  'cap-add': to('capAdd', list('Add Linux capabilities')),
  'cap-drop': to('capDrop', list('Drop Linux capabilities')),
  cgroupns: to('cgroupns', text('Cgroup namespace to use (host|private)'), (given) => given as 'host'),
  domainname: to('domainname', text('Container NIS domain name')),
  // One word, which may be empty: then the image's own entrypoint is dropped.
  entrypoint: to('entrypoint', text('Overwrite the default ENTRYPOINT of the image'), (given) => [given]),
  'group-add': to('groupAdd', list('Add additional groups to join')),
  hostname: to('hostname', text('Container host name', { short: 'h' })),
  init: to('init', bool('Run an init inside the container that forwards signals and reaps processes')),
  ipc: to('ipcMode', text('IPC mode to use')),
  isolation: to('isolation', text('Container isolation technology'), (given) => given as 'default'),
  name: to('name', text('Assign a name to the container')),
  pid: to('pidMode', text('PID namespace to use')),
  platform: to('platform', text('Set platform if server is multi-platform capable')),
  privileged: to('privileged', bool('Give extended privileges to this container')),
  'read-only': to('readOnly', bool("Mount the container's root filesystem as read only")),
  restart: to(
    'restartPolicy',
    text('Restart policy to apply when a container exits (default "no")', {
      check: readableBy(parseRestartPolicy),
    }),
    (given) => parseRestartPolicy(given) as RestartPolicyOptions,
  ),
  runtime: to('runtime', text('Runtime to use for this container')),
  'stop-signal': to('stopSignal', text('Signal to stop the container')),
  'stop-timeout': to('stopTimeout', int('Timeout (in seconds) to stop a container')),
  'storage-opt': to('storageOpt', list('Storage driver options for the container')),
  sysctl: to('sysctls', list('Sysctl options', { type: 'map' })),
  user: to('user', text('Username or UID (format: <name|uid>[:<group|gid>])', { short: 'u' })),
  userns: to('usernsMode', text('User namespace to use')),
  uts: to('utsMode', text('UTS namespace to use')),
  workdir: to('workingDir', text('Working directory inside the container', { short: 'w' })),
}
