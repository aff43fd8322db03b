import type { RunnableCommand } from '../flags/command.js'

export interface CommandEntry {
  readonly summary: string
  readonly group: string
  /** Each command's module is loaded only when it is called. */
  readonly load: () => Promise<{ readonly command: RunnableCommand }>
}

const COMMON = 'Common Commands:'
const CONTAINERS = 'Container Commands:'

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: {
    summary: 'Create and run a new container from an image',
    group: COMMON,
    load: () => import('./run.js'),
  },
  exec: {
    summary: 'Execute a command in a running container',
    group: COMMON,
    load: () => import('./exec.js'),
  },
  ps: { summary: 'List containers', group: COMMON, load: () => import('./ps.js') },
  images: { summary: 'List images', group: COMMON, load: () => import('./images.js') },
  version: {
    summary: 'Show the version of Dockline and of the Engine',
    group: COMMON,
    load: () => import('./version.js'),
  },
  attach: {
    summary: 'Attach this terminal to a running container',
    group: CONTAINERS,
    load: () => import('./attach.js'),
  },
  kill: {
    summary: 'Kill one or more running containers',
    group: CONTAINERS,
    load: () => import('./kill.js'),
  },
  logs: { summary: 'Fetch the logs of a container', group: CONTAINERS, load: () => import('./logs.js') },
  rm: { summary: 'Remove one or more containers', group: CONTAINERS, load: () => import('./rm.js') },
  start: {
    summary: 'Start one or more stopped containers',
    group: CONTAINERS,
    load: () => import('./start.js'),
  },
  stop: {
    summary: 'Stop one or more running containers',
    group: CONTAINERS,
    load: () => import('./stop.js'),
  },
}
