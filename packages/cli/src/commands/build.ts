import { rm, writeFile } from 'node:fs/promises'
import type { BuildError, BuildOptions } from 'dockline'
import { type BuildSource, buildSource } from '../build-context.js'
import type { Cli } from '../cli.js'
import { defineCommand } from '../command.js'
import { EXIT, ExitError } from '../errors.js'
import { buildFlags, buildOptions } from '../flags/build.js'
import { refuseContentTrust } from '../flags/ignored.js'
import { ByteProgress, progressDisplay } from '../progress/index.js'

export const command = defineCommand({
  usage: '[OPTIONS] PATH | URL | -',
  flags: buildFlags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags, operands: [context = ''] }) {
    const { file, iidfile, quiet } = flags
    refuseContentTrust(flags)
    const source = await buildSource(cli, context, file || undefined)
    // Whoever finds it after a failure would take it for the new one.
    if (iidfile !== undefined) await rm(iidfile, { force: true })
    const options = {
      ...buildOptions(flags),
      ...source,
      builder: 'classic' as const,
      ...(flags.compress && isPacked(source) && { compress: true }),
    }
    const id = await (quiet ? buildQuietly : buildShowing)(cli, options).catch((error) => {
      throw failureOf(error)
    })
    if (quiet) cli.line(id)
    if (iidfile !== undefined) await writeFile(iidfile, id)
  },
})

/** A tar is sent as it is. */
function isPacked({ context, remote }: BuildSource): boolean {
  return remote === undefined && (context === undefined || typeof context === 'string')
}

const SENDING = { label: 'Sending build context to Docker daemon', plain: true }

/** Of a build that fails all is told after all. */
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

function isBuildError(error: unknown): error is BuildError {
  return error instanceof Error && (error as { code?: unknown }).code === 'ERR_DOCKER_BUILD'
}
