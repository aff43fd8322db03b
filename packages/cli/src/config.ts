import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the commands themselves read of the docker command's config.json. */
export interface ConfigFile {
  readonly currentContext?: string
  readonly detachKeys?: string
  readonly psFormat?: string
  readonly imagesFormat?: string
}

/**
 * A file that is missing or broken has no settings. Where it decides the connection, the library says what is
 * wrong.
 */
export function readConfig(): ConfigFile {
  const folder = process.env.DOCKER_CONFIG || join(homedir(), '.docker')
  try {
    return JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as ConfigFile
  } catch {
    return {}
  }
}
