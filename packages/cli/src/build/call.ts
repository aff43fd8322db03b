import { dirname, join } from 'node:path'
import type { BuildOptions, CheckResult } from 'dockline'
import type { BuildOutline, BuildTargets } from 'dockline/types'
import type { Cli } from '../cli.js'
import { EXIT, ExitError } from '../errors.js'
import { formatTable } from '../output/table.js'
import { csvFields } from './csv.js'
import { placeText } from './warnings.js'

/** What is asked of the frontend in place of a build, as `--call` has it. */
export interface FrontendCall {
  readonly name: string
  readonly format: string | undefined
  /** Whether warnings are no reason to fail. */
  readonly ignoreStatus: boolean
}

/** `check`, or `check,format=json,ignorestatus=true`; undefined for a build. */
export function readCall(given: string): FrontendCall | undefined {
  const [name = '', ...fields] = csvFields(given)
  if (name === 'build' || name === '') return undefined
  const settings = Object.fromEntries(fields.map((field) => field.split('=')))
  const { format, ignorestatus } = settings as Record<string, string | undefined>
  return { name, format, ignoreStatus: ignorestatus === 'true' || ignorestatus === '1' }
}

/** Asks, and prints the answer. Resolves with the exit code. */
export async function callFrontend(cli: Cli, call: FrontendCall, options: BuildOptions): Promise<number> {
  const { images } = await cli.client()
  switch (call.name) {
    case 'check':
    case 'lint':
      return finishCheck(cli, call, {
        result: await images.check(options),
        dockerfile: dockerfileName(options),
      })
    case 'outline':
      cli.write(answerText(call, await images.outline(options), outlineText))
      return 0
    case 'targets':
      cli.write(answerText(call, await images.targets(options), targetsText))
      return 0
    default:
      throw new ExitError(
        `ERROR: unknown call ${JSON.stringify(call.name)}: there are check, outline and targets`,
      )
  }
}

/** Returns what is printed: the JSON of the frontend where that is asked for, or else a text. */
function answerText<T extends { readonly json: string }>(
  { format }: FrontendCall,
  answer: T,
  textOf: (answer: T) => string,
): string {
  return format === 'json' ? `${answer.json.trimEnd()}\n` : textOf(answer)
}

/** Where the Dockerfile is, seen from here. */
function dockerfileName({ context, dockerfile, dockerfileContent }: BuildOptions): string {
  if (dockerfileContent !== undefined) return 'Dockerfile'
  if (typeof context !== 'string') return dockerfile ?? 'Dockerfile'
  return dockerfile ?? join(context, 'Dockerfile')
}

/** The result of a check, and the Dockerfile as people see it from here. */
interface Check {
  readonly result: CheckResult
  readonly dockerfile: string
}

/** Prints the result of a check. Returns the exit code, or throws the error that the check has found. */
function finishCheck(cli: Cli, call: FrontendCall, { result, dockerfile }: Check): number {
  cli.write(answerText(call, result, (check) => checkText(check, dockerfile)))
  const { error, warnings } = result
  if (error !== undefined) {
    const place = error.location === undefined ? '' : `\n${placeText(error.location, dockerfile)}`
    throw new ExitError(`ERROR: ${error.message}${place}`)
  }
  return warnings.length > 0 && !call.ignoreStatus ? EXIT.failure : 0
}

export function checkText({ warnings, error }: CheckResult, dockerfile: string): string {
  if (warnings.length === 0) return error === undefined ? 'Check complete, no warnings found.\n' : ''
  const count = warnings.length === 1 ? '1 warning has' : `${warnings.length} warnings have`
  return [
    `Check complete, ${count} been found!\n`,
    ...warnings.map((each) => warningText(each, dockerfile)),
  ].join('\n')
}

function warningText(
  { rule, text, url, location }: CheckResult['warnings'][number],
  dockerfile: string,
): string {
  const title = `WARNING: ${rule ?? 'Dockerfile'}${url === '' ? '' : ` - ${url}`}`
  const said = rule === undefined ? text : text.replace(`${rule}: `, '')
  const place = location === undefined ? '' : placeText(location, nameIn(dockerfile, location.file))
  return `${title}\n${said}\n${place}`
}

/** One that is included is beside it. */
function nameIn(dockerfile: string, file: string): string {
  return file === '' || dockerfile.endsWith(file) ? dockerfile : join(dirname(dockerfile), file)
}

/** docker's columns here are as wide as what is in them. */
const LEAST_WIDTH = 0

export function outlineText({ name, description, args, secrets, ssh, cache }: BuildOutline): string {
  const head = [
    ...(name === '' ? [] : [['TARGET:', name] as const]),
    ...(description === '' ? [] : [['DESCRIPTION:', description] as const]),
  ]
  const needs = (title: string, all: BuildOutline['secrets']) =>
    section(
      `${title}\tREQUIRED`,
      all.map((each) => `${each.name}\t${each.required ? 'true' : ''}`),
    )
  return [
    head.length === 0 ? '' : `${twoColumns(head)}\n`,
    section(
      'BUILD ARG\tVALUE\tDESCRIPTION',
      args.map((each) => `${each.name}\t${each.value ?? ''}\t${each.description}`),
    ),
    needs('SECRET', secrets),
    needs('SSH', ssh),
    section(
      'CACHE MOUNT',
      cache.map(({ id }) => id),
    ),
  ].join('')
}

function section(head: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${table([head, ...lines])}\n`
}

function table(lines: readonly string[]): string {
  return formatTable(lines.join('\n'), { minWidth: LEAST_WIDTH })
}

/** With one space between them. */
function twoColumns(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([left]) => left.length))
  return lines.map(([left, right]) => `${left.padEnd(width)} ${right}\n`).join('')
}

export function targetsText({ targets }: BuildTargets): string {
  return twoColumns([
    ['TARGET', 'DESCRIPTION'],
    ...targets.map((each) => [`${each.name}${each.default ? ' (default)' : ''}`, each.description] as const),
  ])
}
