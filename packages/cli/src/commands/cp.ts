import { posix, resolve } from 'node:path'
import { type Container, DockerError } from 'dockline'
import { copyRoute, splitCopyArgument } from 'dockline/syntax'
import type { Cli } from '../cli.js'
import { type Call, defineCommand } from '../command.js'
import { ExitError } from '../errors.js'
import { bool } from '../flags/flag.js'
import { humanSize } from '../output/size.js'
import { ByteProgress } from '../progress/index.js'

const flags = {
  archive: bool('Archive mode (copy all uid/gid information)', 'a'),
  'follow-link': bool('Always follow symbol link in SRC_PATH', 'L'),
  quiet: bool(
    'Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached',
    'q',
  ),
}
type CopyCall = Call<typeof flags>

/** What stands for this command's stdin or stdout, which is then a tar. */
const STREAM = '-'
/** As the Engine has the mode of a path. */
const [DIRECTORY, LINK] = [0x80000000, 0x08000000]

export const command = defineCommand({
  usage:
    '[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n       dockline cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH',
  description: [
    'Copy files/folders between a container and the local filesystem',
    '',
    "Use '-' as the source to read a tar archive from stdin and extract it to a directory destination in a container.",
    "Use '-' as the destination to stream a tar archive of a container source to stdout.",
  ].join('\n'),
  flags,
  operands: { min: 2, max: 2 },
  async run(call) {
    const [from = '', to = ''] = call.operands
    if (from === '') throw new ExitError('source can not be empty')
    if (to === '') throw new ExitError('destination can not be empty')
    const [source, destination] = [splitCopyArgument(from), splitCopyArgument(to)]
    const { direction, container: name } = copyRoute(source, destination)
    const container = await call.cli.container(name)
    const copy = { container, source: source.path, destination: destination.path }
    return direction === 'fromContainer' ? copyOut(call, copy) : copyIn(call, copy)
  },
})

interface Copy {
  readonly container: Container
  readonly source: string
  readonly destination: string
}

async function copyOut(call: CopyCall, { container, source, destination }: Copy): Promise<undefined> {
  const followLink = call.flags['follow-link']
  if (destination === STREAM) {
    await container.copyFrom(source, call.cli.stdout, { followLink })
    return
  }
  const local = withEnding(destination)
  using report = new Report(call, 'from', local)
  const left = new LeftOut('which cannot be made here')
  await container.copyFrom(source, local, { followLink, onProgress: report.seen, onSkip: left.add })
  report.finish()
  left.tell(call.cli)
}

/** Collects the files that a copy leaves out, to name them once the progress is off the terminal. */
class LeftOut {
  readonly #reason: string
  readonly #files: string[] = []

  constructor(reason: string) {
    this.#reason = reason
  }

  readonly add = (name: string, type: string): void =>
    void this.#files.push(`${name} (${TYPES[type] ?? type})`)

  tell(cli: Cli): void {
    for (const file of this.#files) cli.complain(`WARNING: left out ${file}, ${this.#reason}`)
  }
}

/** The words for the types of files that a copy may leave out. */
const TYPES: Readonly<Record<string, string>> = {
  socket: 'a socket',
  fifo: 'a named pipe',
  'character-device': 'a device',
  'block-device': 'a device',
}

async function copyIn(call: CopyCall, { container, source, destination }: Copy): Promise<undefined> {
  const { cli, flags } = call
  const options = { archive: flags.archive || undefined }
  if (source === STREAM) {
    await requireFolder(container, destination)
    await container.copyTo(cli.stdin, destination, options)
    return
  }
  using report = new Report(call, 'to', `${container.id}:${destination}`)
  const left = new LeftOut('which no tar can have')
  const watch = { onProgress: report.seen, onSkip: left.add }
  await container.copyTo(withEnding(source), destination, {
    ...options,
    followLink: flags['follow-link'],
    ...watch,
  })
  report.finish()
  left.tell(cli)
}

/** Requires a folder or a link to one, because a tar is unpacked into a folder. A path that does not exist is refused too. */
async function requireFolder(container: Container, path: string): Promise<void> {
  let found = await statOf(container, path)
  if (found?.linkTarget && hasBit(found.mode, LINK))
    found = await statOf(container, posix.resolve('/', posix.dirname(path), found.linkTarget))
  if (found !== undefined && hasBit(found.mode, DIRECTORY)) return
  throw new ExitError(`destination "${container.id}:${path}" must be a directory`)
}

/** A link is not followed. undefined where the path does not exist. */
function statOf({ api, id }: Container, path: string) {
  return api.containers.statArchive(id, { path }).catch((error) => {
    if (error instanceof DockerError && error.code === 'ERR_DOCKER_NOT_FOUND') return undefined
    throw error
  })
}

function hasBit(mode: number, bit: number): boolean {
  return Math.floor(mode / bit) % 2 === 1
}

/** How a path ends: with a dot as its last part, and with what parts folders here. */
const [CONTENT, SLASH] =
  process.platform === 'win32' ? [/(?:^|[/\\])\.[/\\]*$/, /[/\\]$/] : [/(?:^|\/)\.\/*$/, /\/$/]

/** The full path. How it ends is kept: with a slash it has to be a folder, with a dot it is what is in the folder. */
function withEnding(path: string): string {
  const ending = CONTENT.test(path) ? '/.' : (SLASH.exec(path)?.[0] ?? '')
  return resolve(path).replace(SLASH, '') + ending || '/'
}

/**
 * Shows the progress of the copy on a terminal, and its size at the end. With --quiet it shows nothing, and without the flag
 * nothing where stdout is no terminal, as docker has it.
 */
class Report implements Disposable {
  readonly #cli: Cli
  readonly #isQuiet: boolean
  readonly #progress: ByteProgress
  readonly #target: string
  #bytes = 0

  constructor({ cli, flags, given }: CopyCall, direction: 'from' | 'to', target: string) {
    this.#cli = cli
    this.#isQuiet = given.has('quiet') ? flags.quiet : cli.stdout.isTTY !== true
    this.#progress = new ByteProgress(cli.stderr, { label: `Copying ${direction} container -`, keep: false })
    this.#target = target
  }

  /** undefined where no progress is shown: counting costs a copy more than it has to. */
  get seen(): ((bytes: number) => void) | undefined {
    return this.#isQuiet ? undefined : this.#see
  }

  readonly #see = (bytes: number): void => {
    this.#bytes = bytes
    if (this.#cli.stderr.isTTY) this.#progress.at(bytes)
  }

  finish(): void {
    this[Symbol.dispose]()
    if (!this.#isQuiet) this.#cli.complain(`Successfully copied ${humanSize(this.#bytes)} to ${this.#target}`)
  }

  /** Removes the line that was drawn over. */
  [Symbol.dispose](): void {
    this.#progress[Symbol.dispose]()
  }
}
