import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError } from '../errors.js'
import type { ProxyEntry } from './proxies.js'
import type { Environment } from './resolve.js'

/** The keys of config.json that are used here. */
export interface ConfigFile {
  readonly currentContext?: string
  readonly detachKeys?: string
  /** By the address of an Engine, or 'default'. */
  readonly proxies?: Readonly<Record<string, ProxyEntry>>
}

/** DOCKER_CONFIG, else `~/.docker`. */
export function configFolder(env: Environment): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker')
}

/** The docker command's config.json; one that is not there has nothing in it. */
export function readConfigFile(folder: string): ConfigFile {
  return (readJson(join(folder, 'config.json')) ?? {}) as ConfigFile
}

/** undefined when there is no such file. */
export function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new InvalidArgumentError(`cannot read ${file}`, { cause })
  }
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw new InvalidArgumentError(`${file} is not valid JSON`, { cause })
  }
}
