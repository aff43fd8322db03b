import type { RunnableCommand } from '../flags/command.js'
import { BUILDER_COMMANDS } from './builder/index.js'
import { BUILDX_COMMANDS } from './buildx/index.js'
import { CONTAINER_COMMANDS } from './container/index.js'
import { CONTEXT_COMMANDS } from './context/index.js'
import { IMAGE_COMMANDS } from './image/index.js'
import { NETWORK_COMMANDS } from './network/index.js'
import { SYSTEM_COMMANDS } from './system/index.js'
import { VOLUME_COMMANDS } from './volume/index.js'

/** A command, or a group of them such as `context`. */
export type CommandEntry = SingleCommand | CommandGroup

export type Commands = Readonly<Record<string, CommandEntry>>

export interface Listed {
  readonly summary: string
  /** The heading in the help of what it is listed in. Default: 'Commands:'. */
  readonly group?: string
  /** Other names that work as well, and that no list shows: only its own help does. */
  readonly aliases?: readonly string[]
  /** Works and is in no list. Default false. */
  readonly hidden?: boolean
}

export interface SingleCommand extends Listed {
  /** Each command's module is loaded only when it is called. Its `name` has the groups in front, as in 'context ls'. */
  readonly load: () => Promise<{ readonly command: RunnableCommand }>
  /** Which command of a group it is as well, as 'ps' is 'container ls'. */
  readonly also?: string
  readonly subcommands?: undefined
}

export interface CommandGroup extends Listed {
  readonly subcommands: Commands
  /** Whether docker's plugin of this name gets what is not in the group. Default false. */
  readonly hasPlugin?: boolean
  readonly also?: undefined
  readonly load?: undefined
}

const COMMON = 'Common Commands:'
export const MANAGEMENT = 'Management Commands:'
const CONTAINERS = 'Container Commands:'
const IMAGES = 'Image Commands:'

export const COMMANDS: Commands = {
  run: {
    summary: 'Create and run a new container from an image',
    group: COMMON,
    also: 'container run',
    load: () => import('./run.js'),
  },
  exec: {
    summary: 'Execute a command in a running container',
    group: COMMON,
    also: 'container exec',
    load: () => import('./exec.js'),
  },
  ps: { summary: 'List containers', group: COMMON, also: 'container ls', load: () => import('./ps.js') },
  build: {
    summary: 'Build an image from a Dockerfile',
    group: COMMON,
    also: 'image build',
    load: () => import('./build.js'),
  },
  pull: {
    summary: 'Download an image from a registry',
    group: COMMON,
    also: 'image pull',
    load: () => import('./pull.js'),
  },
  push: {
    summary: 'Upload an image to a registry',
    group: COMMON,
    also: 'image push',
    load: () => import('./push.js'),
  },
  images: { summary: 'List images', group: COMMON, also: 'image ls', load: () => import('./images.js') },
  search: { summary: 'Search Docker Hub for images', group: COMMON, load: () => import('./search.js') },
  login: { summary: 'Authenticate to a registry', group: COMMON, load: () => import('./login.js') },
  logout: { summary: 'Log out from a registry', group: COMMON, load: () => import('./logout.js') },
  version: {
    summary: 'Show the version of Dockline and of the Engine',
    group: COMMON,
    load: () => import('./version.js'),
  },
  info: {
    summary: 'Display system-wide information',
    group: COMMON,
    also: 'system info',
    load: () => import('./info.js'),
  },
  builder: { summary: 'Manage builds', group: MANAGEMENT, subcommands: BUILDER_COMMANDS },
  buildx: {
    summary: 'Build with BuildKit',
    group: MANAGEMENT,
    subcommands: BUILDX_COMMANDS,
    hasPlugin: true,
  },
  container: { summary: 'Manage containers', group: MANAGEMENT, subcommands: CONTAINER_COMMANDS },
  context: { summary: 'Manage contexts', group: MANAGEMENT, subcommands: CONTEXT_COMMANDS },
  image: { summary: 'Manage images', group: MANAGEMENT, subcommands: IMAGE_COMMANDS },
  network: { summary: 'Manage networks', group: MANAGEMENT, subcommands: NETWORK_COMMANDS },
  system: { summary: 'Manage Docker', group: MANAGEMENT, subcommands: SYSTEM_COMMANDS },
  volume: { summary: 'Manage volumes', group: MANAGEMENT, subcommands: VOLUME_COMMANDS },
  history: {
    summary: 'Show the history of an image',
    group: IMAGES,
    also: 'image history',
    load: () => import('./history.js'),
  },
  import: {
    summary: 'Import the contents from a tarball to create a filesystem image',
    group: IMAGES,
    also: 'image import',
    load: () => import('./import.js'),
  },
  load: {
    summary: 'Load an image from a tar archive or STDIN',
    group: IMAGES,
    also: 'image load',
    load: () => import('./load.js'),
  },
  rmi: {
    summary: 'Remove one or more images',
    group: IMAGES,
    also: 'image rm',
    load: () => import('./rmi.js'),
  },
  save: {
    summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
    group: IMAGES,
    also: 'image save',
    load: () => import('./save.js'),
  },
  tag: {
    summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
    group: IMAGES,
    also: 'image tag',
    load: () => import('./tag.js'),
  },
  attach: {
    summary: 'Attach this terminal to a running container',
    group: CONTAINERS,
    also: 'container attach',
    load: () => import('./attach.js'),
  },
  commit: {
    summary: "Create a new image from a container's changes",
    group: CONTAINERS,
    also: 'container commit',
    load: () => import('./commit.js'),
  },
  cp: {
    summary: 'Copy files/folders between a container and the local filesystem',
    group: CONTAINERS,
    also: 'container cp',
    load: () => import('./cp.js'),
  },
  create: {
    summary: 'Create a new container',
    group: CONTAINERS,
    also: 'container create',
    load: () => import('./create.js'),
  },
  diff: {
    summary: "Inspect changes to files or directories on a container's filesystem",
    group: CONTAINERS,
    also: 'container diff',
    load: () => import('./diff.js'),
  },
  events: {
    summary: 'Get real time events from the server',
    group: CONTAINERS,
    also: 'system events',
    load: () => import('./events.js'),
  },
  export: {
    summary: "Export a container's filesystem as a tar archive",
    group: CONTAINERS,
    also: 'container export',
    load: () => import('./export.js'),
  },
  inspect: {
    summary: 'Return low-level information on Docker objects',
    group: CONTAINERS,
    load: () => import('./inspect.js'),
  },
  kill: {
    summary: 'Kill one or more running containers',
    group: CONTAINERS,
    also: 'container kill',
    load: () => import('./kill.js'),
  },
  logs: {
    summary: 'Fetch the logs of a container',
    group: CONTAINERS,
    also: 'container logs',
    load: () => import('./logs.js'),
  },
  pause: {
    summary: 'Pause all processes within one or more containers',
    group: CONTAINERS,
    also: 'container pause',
    load: () => import('./pause.js'),
  },
  port: {
    summary: 'List port mappings or a specific mapping for the container',
    group: CONTAINERS,
    also: 'container port',
    load: () => import('./port.js'),
  },
  rename: {
    summary: 'Rename a container',
    group: CONTAINERS,
    also: 'container rename',
    load: () => import('./rename.js'),
  },
  restart: {
    summary: 'Restart one or more containers',
    group: CONTAINERS,
    also: 'container restart',
    load: () => import('./restart.js'),
  },
  rm: {
    summary: 'Remove one or more containers',
    group: CONTAINERS,
    also: 'container rm',
    load: () => import('./rm.js'),
  },
  start: {
    summary: 'Start one or more stopped containers',
    group: CONTAINERS,
    also: 'container start',
    load: () => import('./start.js'),
  },
  stats: {
    summary: 'Display a live stream of container(s) resource usage statistics',
    group: CONTAINERS,
    also: 'container stats',
    load: () => import('./stats.js'),
  },
  stop: {
    summary: 'Stop one or more running containers',
    group: CONTAINERS,
    also: 'container stop',
    load: () => import('./stop.js'),
  },
  top: {
    summary: 'Display the running processes of a container',
    group: CONTAINERS,
    also: 'container top',
    load: () => import('./top.js'),
  },
  unpause: {
    summary: 'Unpause all processes within one or more containers',
    group: CONTAINERS,
    also: 'container unpause',
    load: () => import('./unpause.js'),
  },
  update: {
    summary: 'Update configuration of one or more containers',
    group: CONTAINERS,
    also: 'container update',
    load: () => import('./update.js'),
  },
  wait: {
    summary: 'Block until one or more containers stop, then print their exit codes',
    group: CONTAINERS,
    also: 'container wait',
    load: () => import('./wait.js'),
  },
  completion: {
    summary: 'Generate the completion script for a shell',
    load: () => import('./completion.js'),
  },
  __complete: { summary: '', hidden: true, load: () => import('../completion/index.js') },
}

/** By its name or an alias. */
export function findCommand(commands: Commands, name: string): CommandEntry | undefined {
  if (Object.hasOwn(commands, name)) return commands[name]
  return Object.values(commands).find(({ aliases = [] }) => aliases.includes(name))
}
