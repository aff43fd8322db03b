import type { BuildOptions } from 'dockline'
import type { Cli } from '../cli.js'
import { EXIT, ExitError } from '../errors.js'
import { ByteProgress, progressDisplay } from '../progress/index.js'
import { isBuildError } from './failure.js'

const SENDING = { label: 'Sending build context to Docker daemon', plain: true }

/** Builds with the classic builder. Resolves with the id of the image. */
export async function buildClassic(cli: Cli, options: BuildOptions, quiet: boolean): Promise<string> {
  return (quiet ? buildQuietly : buildShowing)(cli, options).catch((error) => {
    throw failureOf(error)
  })
}

/** Builds without output. A build that fails prints its whole output. */
async function buildQuietly(cli: Cli, options: BuildOptions): Promise<string> {
  const client = await cli.client()
  let sent = 0
  const building = client.images.build({
    ...options,
    onProgress: (bytes) => {
      sent = bytes
    },
  })
  try {
    return (await building).image.id
  } catch (error) {
    if (isBuildError(error)) {
      const sending = new ByteProgress(cli.stderr, SENDING)
      sending.at(sent)
      sending[Symbol.dispose]()
      cli.stderr.write(error.log)
    }
    throw error
  }
}

/** First the context on its way, and then what the Engine makes of it. */
async function buildShowing(cli: Cli, options: BuildOptions): Promise<string> {
  const client = await cli.client()
  using sending = new ByteProgress(cli.stdout, SENDING)
  const building = client.images.build({ ...options, onProgress: (bytes) => sending.at(bytes) })
  using display = progressDisplay(cli.stdout)
  for await (const progress of building.progress()) {
    sending[Symbol.dispose]()
    display.show(progress)
  }
  return (await building).image.id
}

/** A step that fails ends the command with its own code. */
function failureOf(error: unknown): unknown {
  if (!isBuildError(error)) return error
  const hint = error.hint === undefined ? '' : ` (${error.hint})`
  return new ExitError(`${error.explanation}${hint}`, error.exitCode || EXIT.failure, error)
}
