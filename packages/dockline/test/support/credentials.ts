import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { writeProgram } from './write-program.js'

/** A folder for DOCKER_CONFIG, gone after the test. */
export interface ConfigPlace {
  readonly folder: string
  /** Of config.json. */
  readonly path: string
  /** DOCKER_CONFIG, and a PATH on which only the helpers of the test are. */
  readonly env: Readonly<Record<string, string>>
  /** What config.json says now; undefined when it is not there. */
  read(): Promise<unknown>
}

export async function aConfig(test: TestContext, config?: unknown): Promise<ConfigPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-config-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const path = join(folder, 'config.json')
  if (config !== undefined) {
    const text = typeof config === 'string' ? config : JSON.stringify(config)
    await writeFile(path, text, { mode: 0o600 })
  }
  const read = async () => {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    return text === undefined ? undefined : JSON.parse(text)
  }
  return { folder, path, env: { DOCKER_CONFIG: folder, PATH: bin }, read }
}

/** `user:password` as the file has it. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

export interface FakeHelper {
  /** What it keeps: registries to user and secret. */
  read(): Promise<Record<string, { readonly Username: string; readonly Secret: string }>>
  /** What it was asked, as in 'get r.io'. */
  calls(): Promise<readonly string[]>
}

type Kept = Readonly<Record<string, readonly [username: string, secret: string]>>

/** A real credential helper, on the PATH of the test: it keeps its secrets in a file. */
export async function aHelper(place: ConfigPlace, suffix: string, kept: Kept = {}): Promise<FakeHelper> {
  const file = join(place.folder, `${suffix}.json`)
  const calls = join(place.folder, `${suffix}.calls`)
  const entries = Object.entries(kept).map(([registry, [Username, Secret]]) => [
    registry,
    { Username, Secret },
  ])
  await writeFile(file, JSON.stringify(Object.fromEntries(entries)))
  await writeFile(calls, '')
  await aProgram(
    place,
    suffix,
    PROGRAM.replaceAll('FILE', JSON.stringify(file)).replaceAll('CALLS', JSON.stringify(calls)),
  )
  return {
    read: async () => JSON.parse(await readFile(file, 'utf8')),
    calls: async () => (await readFile(calls, 'utf8')).split('\n').filter((line) => line !== ''),
  }
}

/** A helper that does what it is told here, in JavaScript; `input` is what it reads. */
export async function aProgram(place: ConfigPlace, suffix: string, code: string): Promise<void> {
  const path = join(place.env.PATH ?? '', `docker-credential-${suffix}`)
  const input = "const input = require('fs').readFileSync(0, 'utf8')\n"
  writeProgram(path, `#!${process.execPath}\n${input}${code}`)
}

const PROGRAM = `
const fs = require('fs')
const kept = JSON.parse(fs.readFileSync(FILE, 'utf8'))
const action = process.argv[2]
const fail = (words) => { console.log(words); process.exit(1) }
const save = () => fs.writeFileSync(FILE, JSON.stringify(kept))
const named = action === 'store' ? JSON.parse(input).ServerURL : input.trim()
fs.appendFileSync(CALLS, action + ' ' + (action === 'list' ? '' : named) + '\\n')
if (action === 'get' || action === 'erase') {
  if (!kept[named]) fail('credentials not found in native keychain')
  if (action === 'get') console.log(JSON.stringify({ ServerURL: named, ...kept[named] }))
  else { delete kept[named]; save() }
} else if (action === 'store') {
  const { ServerURL, ...rest } = JSON.parse(input)
  kept[ServerURL] = rest
  save()
} else if (action === 'list') {
  console.log(JSON.stringify(Object.fromEntries(Object.entries(kept).map(([k, v]) => [k, v.Username]))))
} else fail('unknown action')
`
