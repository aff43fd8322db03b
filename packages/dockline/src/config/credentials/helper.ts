import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { CredentialsError } from '../../errors.js'
import { onAbort } from '../../support/abort.js'
import type { AuthEntry } from '../file.js'
import type { Environment } from '../resolve.js'

/** A program that keeps credentials: `docker-credential-` and its suffix. */
export interface Helper {
  readonly suffix: string
  /** What names it, for people: "credsStore in /home/me/.docker/config.json". */
  readonly from: string
  readonly env: Environment
  readonly signal?: AbortSignal | undefined
}

/** Helpers say it in these words, which belong to the protocol. */
const NOT_FOUND = 'credentials not found in native keychain'
/** The user name that marks a secret as an identity token. */
const TOKEN = '<token>'
/** Thousands of registries fit. */
const MOST_OUTPUT_LENGTH = 1024 * 1024

/** undefined when it has none for the registry. */
export async function getFromHelper(helper: Helper, registry: string): Promise<AuthEntry | undefined> {
  const output = await run(helper, { action: 'get', input: registry })
  if (output === undefined) return undefined
  const { Username = '', Secret = '' } = fields(helper, 'get', output)
  if (Username === '' && Secret === '') return undefined
  return Username === TOKEN ? { identitytoken: Secret } : { username: Username, password: Secret }
}

export async function storeInHelper(helper: Helper, registry: string, auth: AuthEntry): Promise<void> {
  const { username = '', password = '', identitytoken } = auth
  const secret = identitytoken || password
  const kept = { ServerURL: registry, Username: identitytoken ? TOKEN : username, Secret: secret }
  await run(helper, { action: 'store', input: JSON.stringify(kept), secret })
}

/** That it has nothing to erase is what one hopes for. */
export async function eraseFromHelper(helper: Helper, registry: string): Promise<void> {
  await run(helper, { action: 'erase', input: registry })
}

/** The registries that it has credentials for. */
export async function listOfHelper(helper: Helper): Promise<readonly string[]> {
  const output = await run(helper, { action: 'list', input: 'unused' })
  return output === undefined ? [] : Object.keys(fields(helper, 'list', output))
}

/** Where a program is, as a shell would find it. */
export function findProgram(name: string, env: Environment): string | undefined {
  const windows = process.platform === 'win32'
  // Copied from process.env, the name is spelt as Windows spells it.
  const path = Object.entries(env).find(([key]) => (windows ? /^path$/i : /^PATH$/).test(key))?.[1] ?? ''
  const candidates = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, windows ? `${name}.exe` : name))
  return candidates.find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    const stats = statSync(file)
    return stats.isFile() && (process.platform === 'win32' || (stats.mode & 0o111) !== 0)
  } catch {
    return false
  }
}

type Action = 'get' | 'store' | 'erase' | 'list'

interface Question {
  readonly action: Action
  readonly input: string
  /** What must not be repeated in an error. */
  readonly secret?: string
}

/** What it writes, or undefined when it has nothing of the kind. */
async function run(helper: Helper, question: Question): Promise<string | undefined> {
  const name = nameOf(helper)
  const program = findProgram(name, helper.env)
  if (program === undefined) throw missing(name, helper)
  const { code, stdout, stderr } = await converse(program, question, helper)
  if (code === 0) return stdout
  if (`${stdout}\n${stderr}`.includes(NOT_FOUND)) return undefined
  throw new CredentialsError(
    `${name} ${question.action} failed: ${reasonOf({ code, stdout, stderr }, question)}`,
  )
}

/** A suffix that is a path would be any program at all. */
function nameOf({ suffix, from }: Helper): string {
  if (/^[\w.@+-]+$/.test(suffix)) return `docker-credential-${suffix}`
  throw new CredentialsError(`${from} is not the name of a credential helper`)
}

function missing(name: string, { from }: Helper): CredentialsError {
  const hint = `${from} asks for it: install it, take that out, or give auth`
  return new CredentialsError(`the credential helper ${name} is not on PATH`, { hint })
}

interface Outcome {
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** Runs to its end. An abort kills it. What it says on stderr is for people, and passed on as it comes. */
function converse(program: string, { action, input }: Question, helper: Helper): Promise<Outcome> {
  const { env, signal } = helper
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const child = spawn(program, [action], { env: { ...env }, windowsHide: true })
    const output = { stdout: '', stderr: '' }
    const giveUp = (reason: unknown) => {
      child.kill('SIGKILL')
      child.stdout?.destroy()
      child.stderr?.destroy()
      reject(reason)
    }
    const release = onAbort(signal, () => giveUp(signal?.reason))
    child.on('error', (cause) => {
      release()
      reject(new CredentialsError(`${nameOf(helper)} could not be run`, { cause }))
    })
    // A process that may open no more files gets a child without streams, and then the error.
    if (child.stdin === undefined) return
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text
        if (stream === 'stderr') process.stderr.write(text)
        if (output[stream].length > MOST_OUTPUT_LENGTH) giveUp(tooMuch(helper, action))
      })
    }
    // It may end without having read what it was asked.
    child.stdin.on('error', () => {}).end(input)
    child.on('close', (code, killed) => {
      release()
      resolve({ code: code ?? killed ?? 'no exit code', ...output })
    })
  })
}

function tooMuch(helper: Helper, action: Action): CredentialsError {
  return new CredentialsError(`${nameOf(helper)} ${action} wrote more than ${MOST_OUTPUT_LENGTH} bytes`)
}

/** Its own words, by the protocol on stdout, as long as they cannot be what must stay secret. */
function reasonOf({ code, stdout, stderr }: Outcome, { secret }: Question): string {
  const words = (stdout.includes('"Secret"') ? '' : stdout.trim()) || stderr.trim()
  const said = secret ? words.replaceAll(secret, '***') : words
  const shown = said.length <= 500 ? said : `${said.slice(0, 500)}…`
  return shown === '' ? `it ended with ${code}` : `${shown} (it ended with ${code})`
}

/** The helper's answer as names and strings. The error does not have the answer in it. */
function fields(helper: Helper, action: Action, output: string): Record<string, string> {
  const value = parse(output)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).filter(([, field]) => typeof field === 'string'))
  }
  throw new CredentialsError(`${nameOf(helper)} ${action} did not answer with a JSON object`)
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    return undefined
  }
}
