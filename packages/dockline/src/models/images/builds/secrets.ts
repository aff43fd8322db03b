import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { MAX_SECRET_BYTES, type ReadSecret, tooBig } from '../../../buildkit/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { refuseUnknown } from '../../../support/suggest.js'
import { invalidKind, object, shownKey, text } from '../../options/values.js'
import type { BuildSecret } from './options.js'

const SECRET = 'a string, bytes, a function, { file } or { env }'

/** Reads the secrets of a build. No error shows the value of a secret. */
export async function readSecrets(value: unknown): Promise<Map<string, ReadSecret>> {
  const secrets = new Map<string, ReadSecret>()
  for (const [id, given] of Object.entries(object(value ?? {}, 'secrets'))) {
    if (id === '') throw new InvalidArgumentError('secrets must be named values, and one has no name')
    secrets.set(id, await readerOf(id, given as BuildSecret))
  }
  return secrets
}

async function readerOf(id: string, secret: BuildSecret): Promise<ReadSecret> {
  const option = `secrets.${shownKey(id)}`
  if (typeof secret === 'function') return async () => bytesOf(await secret(), option)
  if (typeof secret === 'string' || secret instanceof Uint8Array) {
    const bytes = bytesOf(secret, option)
    checkSize(bytes.length, id)
    return async () => bytes
  }
  const given = object(secret, option, SECRET)
  refuseUnknown(given, ['file', 'env'], option)
  const { file, env } = given
  if (file !== undefined && env === undefined) return fileReader(id, text(file, `${option}.file`))
  if (env !== undefined && file === undefined) return variableReader(option, text(env, `${option}.env`))
  return invalidKind(option, SECRET, secret)
}

function bytesOf(value: unknown, option: string): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value)
  return value instanceof Uint8Array ? value : invalidKind(option, 'a string or bytes', value)
}

function checkSize(bytes: number, id: string): void {
  if (bytes > MAX_SECRET_BYTES) throw new InvalidArgumentError(tooBig(shownKey(id)))
}

/** It is read when a step asks for it, but has to be there before. */
async function fileReader(id: string, file: string): Promise<ReadSecret> {
  const path = resolve(file)
  const stats = await stat(path).catch((cause) => {
    throw new InvalidArgumentError(`secrets.${shownKey(id)}: there is no file ${file}`, { cause })
  })
  if (stats.isDirectory()) throw new InvalidArgumentError(`secrets.${shownKey(id)}: ${file} is a folder`)
  checkSize(stats.size, id)
  return () => readFile(path)
}

function variableReader(option: string, name: string): ReadSecret {
  const value = process.env[name]
  if (value === undefined) throw new InvalidArgumentError(`${option}: there is no variable ${name}`)
  return async () => Buffer.from(value)
}
