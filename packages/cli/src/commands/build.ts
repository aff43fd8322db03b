import { rm, writeFile } from 'node:fs/promises'
import type { BuildOptions, BuildResult } from 'dockline'
import { checkBuilder, usesBuildKit } from '../build/builder.js'
import { buildWithBuildKit } from '../build/buildkit.js'
import { callFrontend, readCall } from '../build/call.js'
import { buildClassic } from '../build/classic.js'
import { buildFailure } from '../build/failure.js'
import { flags } from '../build/flags.js'
import { writeMetadata } from '../build/metadata.js'
import { printsId, progressMode } from '../build/mode.js'
import {
  agentFor,
  type BuildFlags,
  beyondClassic,
  buildKitOptions,
  checkIdOfImage,
  checkSecretFiles,
  classicOptions,
  ignoredFlags,
  writesToStdout,
} from '../build/options.js'
import { type BuildSource, buildSource } from '../build-context.js'
import type { Cli } from '../cli.js'
import { type Call, type CommandSpec, defineCommand } from '../command.js'
import { EXIT, ExitError, UsageError } from '../errors.js'
import { fileFailure } from '../flags/files.js'
import { refuseContentTrust } from '../flags/ignored.js'

type BuildCall = Call<typeof flags>

export const spec: CommandSpec<typeof flags> = {
  usage: '[OPTIONS] PATH | URL | -',
  flags,
  operands: { min: 1, max: 1 },
  async run(call) {
    refuseContentTrust(call.flags)
    return (await usesBuildKit(call.cli)) ? runBuildKit(call) : runClassic(call)
  },
}

/** Builds with BuildKit, also where the environment asks for the classic builder. */
export async function runBuildKit(call: BuildCall): Promise<number> {
  try {
    return await build(call)
  } catch (error) {
    throw error instanceof UsageError ? error : buildFailure(error)
  }
}

async function build({ cli, flags, given, operands: [context = ''] }: BuildCall): Promise<number> {
  const { file, iidfile, quiet, progress, debug, check, call } = flags
  checkBuilder(cli, flags.builder)
  const mode = progressMode(cli.stderr, { progress, quiet })
  const asked = readCall(check ? 'check' : (call ?? 'build'))
  const wanted = buildKitOptions(flags)
  checkSecretFiles(wanted)
  if (iidfile) checkIdOfImage(wanted)
  for (const warning of ignoredFlags(flags, given)) cli.complain(`WARNING: ${warning}`)
  const source = await buildSource(cli, context, file || undefined)
  const options: BuildOptions = { ...agentFor(source), ...wanted, ...source }
  if (asked !== undefined) return callFrontend(cli, asked, options)
  await forget(iidfile)
  const result = await buildWithBuildKit(cli, options, { mode, expand: debug || cli.debug })
  if (printsId({ progress, quiet }) && !writesToStdout(options)) cli.line(idOf(result))
  await writeFiles(cli, flags, result)
  return 0
}

/** The id of the image, also of one that is in an archive only. */
function idOf({ imageId, metadata }: BuildResult): string {
  const { 'containerimage.config.digest': config, 'containerimage.digest': digest } = metadata
  return String(imageId ?? config ?? digest ?? '')
}

async function writeFiles(cli: Cli, flags: BuildFlags, result: BuildResult): Promise<void> {
  const { iidfile, 'metadata-file': metadata } = flags
  if (iidfile) await writeId(iidfile, idOf(result), 'ERROR: writing image ID file: ')
  if (metadata) await writeMetadata(cli, metadata, result)
}

async function runClassic({ cli, flags, given, operands: [context = ''] }: BuildCall): Promise<number> {
  const { file, iidfile, quiet } = flags
  const beyond = beyondClassic(flags, given)
  if (beyond !== undefined)
    throw new UsageError(`--${beyond} needs BuildKit, and this build runs on the classic builder`)
  const wanted = classicOptions(flags)
  const source = await buildSource(cli, context, file || undefined)
  await forget(iidfile)
  const compress = flags.compress && isPacked(source)
  const options = { ...wanted, ...source, ...(compress && { compress }) }
  const id = await buildClassic(cli, options, quiet)
  if (quiet) cli.line(id)
  if (iidfile !== undefined) await writeId(iidfile, id)
  return 0
}

/** A tar is sent as it is. */
function isPacked({ context, remote }: BuildSource): boolean {
  return remote === undefined && (context === undefined || typeof context === 'string')
}

/** Removes the old id file: after a failure it would look like the new one. */
async function forget(iidfile: string | undefined): Promise<void> {
  if (iidfile) await rm(iidfile, { force: true })
}

async function writeId(iidfile: string, id: string, mark = ''): Promise<void> {
  await writeFile(iidfile, id).catch((cause) => {
    throw new ExitError(`${mark}${fileFailure(iidfile, cause).message}`, EXIT.failure, cause)
  })
}

export const command = defineCommand(spec)
