import type { RunnableCommand } from '../flags/command.js'
import { CONTEXT_COMMANDS } from './context/index.js'
import { IMAGE_COMMANDS } from './image/index.js'
import { NETWORK_COMMANDS } from './network/index.js'
import { SYSTEM_COMMANDS } from './system/index.js'
import { VOLUME_COMMANDS } from './volume/index.js'

/** A command, or a group of them such as `context`. */
export type CommandEntry = SingleCommand | CommandGroup

export type Commands = Readonly<Record<string, CommandEntry>>

interface Listed {
  readonly summary: string
  /** The heading in the help of what it is listed in. Default: 'Commands:'. */
  readonly group?: string
  /** Other names that work as well, and that no list shows. */
  readonly aliases?: readonly string[]
}

export interface SingleCommand extends Listed {
  /** Each command's module is loaded only when it is called. Its `name` has the groups in front, as in 'context ls'. */
  readonly load: () => Promise<{ readonly command: RunnableCommand }>
  readonly subcommands?: undefined
}

export interface CommandGroup extends Listed {
  readonly subcommands: Commands
  readonly load?: undefined
}

const COMMON = 'Common Commands:'
const MANAGEMENT = 'Management Commands:'
const CONTAINERS = 'Container Commands:'
const IMAGES = 'Image Commands:'

export const COMMANDS: Commands = {
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
  build: { summary: 'Build an image from a Dockerfile', group: COMMON, load: () => import('./build.js') },
  pull: { summary: 'Download an image from a registry', group: COMMON, load: () => import('./pull.js') },
  push: { summary: 'Upload an image to a registry', group: COMMON, load: () => import('./push.js') },
  images: { summary: 'List images', group: COMMON, load: () => import('./images.js') },
  search: { summary: 'Search Docker Hub for images', group: COMMON, load: () => import('./search.js') },
  login: { summary: 'Authenticate to a registry', group: COMMON, load: () => import('./login.js') },
  logout: { summary: 'Log out from a registry', group: COMMON, load: () => import('./logout.js') },
  version: {
    summary: 'Show the version of Dockline and of the Engine',
    group: COMMON,
    load: () => import('./version.js'),
  },
  info: { summary: 'Display system-wide information', group: COMMON, load: () => import('./info.js') },
  context: { summary: 'Manage contexts', group: MANAGEMENT, subcommands: CONTEXT_COMMANDS },
  image: { summary: 'Manage images', group: MANAGEMENT, subcommands: IMAGE_COMMANDS },
  network: { summary: 'Manage networks', group: MANAGEMENT, subcommands: NETWORK_COMMANDS },
  system: { summary: 'Manage Docker', group: MANAGEMENT, subcommands: SYSTEM_COMMANDS },
  volume: { summary: 'Manage volumes', group: MANAGEMENT, subcommands: VOLUME_COMMANDS },
  history: { summary: 'Show the history of an image', group: IMAGES, load: () => import('./history.js') },
  import: {
    summary: 'Import the contents from a tarball to create a filesystem image',
    group: IMAGES,
    load: () => import('./import.js'),
  },
  load: {
    summary: 'Load an image from a tar archive or STDIN',
    group: IMAGES,
    load: () => import('./load.js'),
  },
  rmi: { summary: 'Remove one or more images', group: IMAGES, load: () => import('./rmi.js') },
  save: {
    summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
    group: IMAGES,
    load: () => import('./save.js'),
  },
  tag: {
    summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
    group: IMAGES,
    load: () => import('./tag.js'),
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
