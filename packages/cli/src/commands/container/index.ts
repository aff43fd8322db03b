import { renamed } from '../../flags/command.js'
import type { Commands } from '../index.js'

/** The same as the commands without 'container' before them, and two that are only here. */
export const CONTAINER_COMMANDS: Commands = {
  attach: {
    summary: 'Attach local standard input, output, and error streams to a running container',
    load: renamed('container attach', () => import('../attach.js')),
  },
  commit: {
    summary: "Create a new image from a container's changes",
    load: renamed('container commit', () => import('../commit.js')),
  },
  cp: {
    summary: 'Copy files/folders between a container and the local filesystem',
    load: renamed('container cp', () => import('../cp.js')),
  },
  create: {
    summary: 'Create a new container',
    load: renamed('container create', () => import('../create.js')),
  },
  diff: {
    summary: "Inspect changes to files or directories on a container's filesystem",
    load: renamed('container diff', () => import('../diff.js')),
  },
  exec: {
    summary: 'Execute a command in a running container',
    load: renamed('container exec', () => import('../exec.js')),
  },
  export: {
    summary: "Export a container's filesystem as a tar archive",
    load: renamed('container export', () => import('../export.js')),
  },
  inspect: {
    summary: 'Display detailed information on one or more containers',
    load: () => import('./inspect.js'),
  },
  kill: {
    summary: 'Kill one or more running containers',
    load: renamed('container kill', () => import('../kill.js')),
  },
  logs: {
    summary: 'Fetch the logs of a container',
    load: renamed('container logs', () => import('../logs.js')),
  },
  ls: {
    summary: 'List containers',
    aliases: ['list', 'ps'],
    load: renamed('container ls', () => import('../ps.js')),
  },
  pause: {
    summary: 'Pause all processes within one or more containers',
    load: renamed('container pause', () => import('../pause.js')),
  },
  port: {
    summary: 'List port mappings or a specific mapping for the container',
    load: renamed('container port', () => import('../port.js')),
  },
  prune: { summary: 'Remove all stopped containers', load: () => import('./prune.js') },
  rename: { summary: 'Rename a container', load: renamed('container rename', () => import('../rename.js')) },
  restart: {
    summary: 'Restart one or more containers',
    load: renamed('container restart', () => import('../restart.js')),
  },
  rm: {
    summary: 'Remove one or more containers',
    aliases: ['remove'],
    load: renamed('container rm', () => import('../rm.js')),
  },
  run: {
    summary: 'Create and run a new container from an image',
    load: renamed('container run', () => import('../run.js')),
  },
  start: {
    summary: 'Start one or more stopped containers',
    load: renamed('container start', () => import('../start.js')),
  },
  stats: {
    summary: 'Display a live stream of container(s) resource usage statistics',
    load: renamed('container stats', () => import('../stats.js')),
  },
  stop: {
    summary: 'Stop one or more running containers',
    load: renamed('container stop', () => import('../stop.js')),
  },
  top: {
    summary: 'Display the running processes of a container',
    load: renamed('container top', () => import('../top.js')),
  },
  unpause: {
    summary: 'Unpause all processes within one or more containers',
    load: renamed('container unpause', () => import('../unpause.js')),
  },
  update: {
    summary: 'Update configuration of one or more containers',
    load: renamed('container update', () => import('../update.js')),
  },
  wait: {
    summary: 'Block until one or more containers stop, then print their exit codes',
    load: renamed('container wait', () => import('../wait.js')),
  },
}
