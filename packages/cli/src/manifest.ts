import type { Command } from './command.js'

/** One command under all its names. */
export interface ManifestEntry {
  /**
   * The name in a group, its aliases in that group, then the short name: `container ls`, `container list`, `ps`. The lists
   * of help show the first name of the group, and the short name.
   */
  readonly names: readonly [string, ...string[]]
  readonly summary: string
  /** Where the help of the program lists the short name. Default: OTHER. */
  readonly heading?: Heading
  /** Loads the module of the command, which nothing else needs. */
  readonly load: () => Promise<{ readonly command: Command }>
}

export const COMMON = 'Common Commands:'
export const MANAGEMENT = 'Management Commands:'
const IMAGES = 'Image Commands:'
const CONTAINERS = 'Container Commands:'
export const OTHER = 'Commands:'

/** The headings in the help of the program, in this order. */
export const HEADINGS = [COMMON, MANAGEMENT, IMAGES, CONTAINERS, OTHER] as const
export type Heading = (typeof HEADINGS)[number]

/** The groups, each with its summary. */
export const GROUPS: Readonly<Record<string, string>> = {
  builder: 'Manage builds',
  buildx: 'Build with BuildKit',
  'buildx history': 'Commands to work on build records',
  container: 'Manage containers',
  context: 'Manage contexts',
  image: 'Manage images',
  network: 'Manage networks',
  system: 'Manage Docker',
  volume: 'Manage volumes',
}

/** The groups that docker's plugin of the same name completes. */
export const PLUGIN_GROUPS: readonly string[] = ['buildx']

/** Every command, written once. Help lists the common ones in this order, and the others by name. */
export const MANIFEST: readonly ManifestEntry[] = [
  {
    names: ['container run', 'run'],
    summary: 'Create and run a new container from an image',
    heading: COMMON,
    load: () => import('./commands/run.js'),
  },
  {
    names: ['container exec', 'exec'],
    summary: 'Execute a command in a running container',
    heading: COMMON,
    load: () => import('./commands/exec.js'),
  },
  {
    names: ['container ls', 'container list', 'container ps', 'ps'],
    summary: 'List containers',
    heading: COMMON,
    load: () => import('./commands/ps.js'),
  },
  {
    names: ['image build', 'builder build', 'build'],
    summary: 'Build an image from a Dockerfile',
    heading: COMMON,
    load: () => import('./commands/build.js'),
  },
  {
    names: ['image pull', 'pull'],
    summary: 'Download an image from a registry',
    heading: COMMON,
    load: () => import('./commands/pull.js'),
  },
  {
    names: ['image push', 'push'],
    summary: 'Upload an image to a registry',
    heading: COMMON,
    load: () => import('./commands/push.js'),
  },
  {
    names: ['image ls', 'image list', 'images'],
    summary: 'List images',
    heading: COMMON,
    load: () => import('./commands/images.js'),
  },
  {
    names: ['search'],
    summary: 'Search Docker Hub for images',
    heading: COMMON,
    load: () => import('./commands/search.js'),
  },
  {
    names: ['login'],
    summary: 'Authenticate to a registry',
    heading: COMMON,
    load: () => import('./commands/login.js'),
  },
  {
    names: ['logout'],
    summary: 'Log out from a registry',
    heading: COMMON,
    load: () => import('./commands/logout.js'),
  },
  {
    names: ['version'],
    summary: 'Show the version of Dockline and of the Engine',
    heading: COMMON,
    load: () => import('./commands/version.js'),
  },
  {
    names: ['system info', 'info'],
    summary: 'Display system-wide information',
    heading: COMMON,
    load: () => import('./commands/info.js'),
  },
  {
    names: ['buildx build', 'buildx b'],
    summary: 'Start a build',
    load: () => import('./commands/buildx/build.js'),
  },
  {
    names: ['buildx du'],
    summary: 'Disk usage',
    load: () => import('./commands/buildx/du.js'),
  },
  {
    names: ['buildx history inspect'],
    summary: 'Inspect a build record',
    load: () => import('./commands/buildx/history/inspect.js'),
  },
  {
    names: ['buildx history logs'],
    summary: 'Print the logs of a build record',
    load: () => import('./commands/buildx/history/logs.js'),
  },
  {
    names: ['buildx history ls', 'buildx history list'],
    summary: 'List build records',
    load: () => import('./commands/buildx/history/ls.js'),
  },
  {
    names: ['buildx history rm', 'buildx history remove'],
    summary: 'Remove build records',
    load: () => import('./commands/buildx/history/rm.js'),
  },
  {
    names: ['buildx inspect'],
    summary: 'Inspect current builder instance',
    load: () => import('./commands/buildx/inspect.js'),
  },
  {
    names: ['buildx ls'],
    summary: 'List builder instances',
    load: () => import('./commands/buildx/ls.js'),
  },
  {
    names: ['buildx prune'],
    summary: 'Remove build cache',
    load: () => import('./commands/buildx/prune.js'),
  },
  {
    names: ['buildx version'],
    summary: 'Show the version of what builds',
    load: () => import('./commands/buildx/version.js'),
  },
  {
    names: ['builder prune'],
    summary: 'Remove build cache',
    load: () => import('./commands/buildx/prune.js'),
  },
  {
    names: ['completion'],
    summary: 'Generate the completion script for a shell',
    load: () => import('./commands/completion.js'),
  },
  {
    names: ['container attach', 'attach'],
    summary: 'Attach local standard input, output, and error streams to a running container',
    heading: CONTAINERS,
    load: () => import('./commands/attach.js'),
  },
  {
    names: ['container commit', 'commit'],
    summary: "Create a new image from a container's changes",
    heading: CONTAINERS,
    load: () => import('./commands/commit.js'),
  },
  {
    names: ['container cp', 'cp'],
    summary: 'Copy files/folders between a container and the local filesystem',
    heading: CONTAINERS,
    load: () => import('./commands/cp.js'),
  },
  {
    names: ['container create', 'create'],
    summary: 'Create a new container',
    heading: CONTAINERS,
    load: () => import('./commands/create.js'),
  },
  {
    names: ['container diff', 'diff'],
    summary: "Inspect changes to files or directories on a container's filesystem",
    heading: CONTAINERS,
    load: () => import('./commands/diff.js'),
  },
  {
    names: ['container export', 'export'],
    summary: "Export a container's filesystem as a tar archive",
    heading: CONTAINERS,
    load: () => import('./commands/export.js'),
  },
  {
    names: ['container inspect'],
    summary: 'Display detailed information on one or more containers',
    load: () => import('./commands/container/inspect.js'),
  },
  {
    names: ['container kill', 'kill'],
    summary: 'Kill one or more running containers',
    heading: CONTAINERS,
    load: () => import('./commands/kill.js'),
  },
  {
    names: ['container logs', 'logs'],
    summary: 'Fetch the logs of a container',
    heading: CONTAINERS,
    load: () => import('./commands/logs.js'),
  },
  {
    names: ['container pause', 'pause'],
    summary: 'Pause all processes within one or more containers',
    heading: CONTAINERS,
    load: () => import('./commands/pause.js'),
  },
  {
    names: ['container port', 'port'],
    summary: 'List port mappings or a specific mapping for the container',
    heading: CONTAINERS,
    load: () => import('./commands/port.js'),
  },
  {
    names: ['container prune'],
    summary: 'Remove all stopped containers',
    load: () => import('./commands/container/prune.js'),
  },
  {
    names: ['container rename', 'rename'],
    summary: 'Rename a container',
    heading: CONTAINERS,
    load: () => import('./commands/rename.js'),
  },
  {
    names: ['container restart', 'restart'],
    summary: 'Restart one or more containers',
    heading: CONTAINERS,
    load: () => import('./commands/restart.js'),
  },
  {
    names: ['container rm', 'container remove', 'rm'],
    summary: 'Remove one or more containers',
    heading: CONTAINERS,
    load: () => import('./commands/rm.js'),
  },
  {
    names: ['container start', 'start'],
    summary: 'Start one or more stopped containers',
    heading: CONTAINERS,
    load: () => import('./commands/start.js'),
  },
  {
    names: ['container stats', 'stats'],
    summary: 'Display a live stream of container(s) resource usage statistics',
    heading: CONTAINERS,
    load: () => import('./commands/stats.js'),
  },
  {
    names: ['container stop', 'stop'],
    summary: 'Stop one or more running containers',
    heading: CONTAINERS,
    load: () => import('./commands/stop.js'),
  },
  {
    names: ['container top', 'top'],
    summary: 'Display the running processes of a container',
    heading: CONTAINERS,
    load: () => import('./commands/top.js'),
  },
  {
    names: ['container unpause', 'unpause'],
    summary: 'Unpause all processes within one or more containers',
    heading: CONTAINERS,
    load: () => import('./commands/unpause.js'),
  },
  {
    names: ['container update', 'update'],
    summary: 'Update configuration of one or more containers',
    heading: CONTAINERS,
    load: () => import('./commands/update.js'),
  },
  {
    names: ['container wait', 'wait'],
    summary: 'Block until one or more containers stop, then print their exit codes',
    heading: CONTAINERS,
    load: () => import('./commands/wait.js'),
  },
  {
    names: ['context create'],
    summary: 'Create a context',
    load: () => import('./commands/context/create.js'),
  },
  {
    names: ['context export'],
    summary: 'Export a context to a tar archive FILE or a tar stream on STDOUT.',
    load: () => import('./commands/context/export.js'),
  },
  {
    names: ['context import'],
    summary: 'Import a context from a tar or zip file',
    load: () => import('./commands/context/import.js'),
  },
  {
    names: ['context inspect'],
    summary: 'Display detailed information on one or more contexts',
    load: () => import('./commands/context/inspect.js'),
  },
  {
    names: ['context ls', 'context list'],
    summary: 'List contexts',
    load: () => import('./commands/context/ls.js'),
  },
  {
    names: ['context rm', 'context remove'],
    summary: 'Remove one or more contexts',
    load: () => import('./commands/context/rm.js'),
  },
  {
    names: ['context show'],
    summary: 'Print the name of the current context',
    load: () => import('./commands/context/show.js'),
  },
  {
    names: ['context update'],
    summary: 'Update a context',
    load: () => import('./commands/context/update.js'),
  },
  {
    names: ['context use'],
    summary: 'Set the current docker context',
    load: () => import('./commands/context/use.js'),
  },
  {
    names: ['image history', 'history'],
    summary: 'Show the history of an image',
    heading: IMAGES,
    load: () => import('./commands/history.js'),
  },
  {
    names: ['image import', 'import'],
    summary: 'Import the contents from a tarball to create a filesystem image',
    heading: IMAGES,
    load: () => import('./commands/import.js'),
  },
  {
    names: ['image inspect'],
    summary: 'Display detailed information on one or more images',
    load: () => import('./commands/image/inspect.js'),
  },
  {
    names: ['image load', 'load'],
    summary: 'Load an image from a tar archive or STDIN',
    heading: IMAGES,
    load: () => import('./commands/load.js'),
  },
  {
    names: ['image prune'],
    summary: 'Remove unused images',
    load: () => import('./commands/image/prune.js'),
  },
  {
    names: ['image rm', 'image remove', 'rmi'],
    summary: 'Remove one or more images',
    heading: IMAGES,
    load: () => import('./commands/rmi.js'),
  },
  {
    names: ['image save', 'save'],
    summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
    heading: IMAGES,
    load: () => import('./commands/save.js'),
  },
  {
    names: ['image tag', 'tag'],
    summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
    heading: IMAGES,
    load: () => import('./commands/tag.js'),
  },
  {
    names: ['inspect'],
    summary: 'Return low-level information on Docker objects',
    heading: CONTAINERS,
    load: () => import('./commands/inspect.js'),
  },
  {
    names: ['network connect'],
    summary: 'Connect a container to a network',
    load: () => import('./commands/network/connect.js'),
  },
  {
    names: ['network create'],
    summary: 'Create a network',
    load: () => import('./commands/network/create.js'),
  },
  {
    names: ['network disconnect'],
    summary: 'Disconnect a container from a network',
    load: () => import('./commands/network/disconnect.js'),
  },
  {
    names: ['network inspect'],
    summary: 'Display detailed information on one or more networks',
    load: () => import('./commands/network/inspect.js'),
  },
  {
    names: ['network ls', 'network list'],
    summary: 'List networks',
    load: () => import('./commands/network/ls.js'),
  },
  {
    names: ['network prune'],
    summary: 'Remove all unused networks',
    load: () => import('./commands/network/prune.js'),
  },
  {
    names: ['network rm', 'network remove'],
    summary: 'Remove one or more networks',
    load: () => import('./commands/network/rm.js'),
  },
  {
    names: ['system df'],
    summary: 'Show docker disk usage',
    load: () => import('./commands/system/df.js'),
  },
  {
    names: ['system events', 'events'],
    summary: 'Get real time events from the server',
    heading: CONTAINERS,
    load: () => import('./commands/events.js'),
  },
  {
    names: ['system prune'],
    summary: 'Remove unused data',
    load: () => import('./commands/system/prune.js'),
  },
  {
    names: ['volume create'],
    summary: 'Create a volume',
    load: () => import('./commands/volume/create.js'),
  },
  {
    names: ['volume inspect'],
    summary: 'Display detailed information on one or more volumes',
    load: () => import('./commands/volume/inspect.js'),
  },
  {
    names: ['volume ls', 'volume list'],
    summary: 'List volumes',
    load: () => import('./commands/volume/ls.js'),
  },
  {
    names: ['volume prune'],
    summary: 'Remove unused local volumes',
    load: () => import('./commands/volume/prune.js'),
  },
  {
    names: ['volume rm', 'volume remove'],
    summary: 'Remove one or more volumes',
    load: () => import('./commands/volume/rm.js'),
  },
]
