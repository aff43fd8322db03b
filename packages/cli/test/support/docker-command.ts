import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The docker command that dockline is compared with: the one `npm test` names, that of the throwaway Engines when it
 * was made before, else that of this machine.
 */
export const DOCKER = process.env.DOCKLINE_TEST_DOCKER || kept() || 'docker'

/** Whether there is one to compare with; else the reason to skip. */
export const withoutDocker =
  spawnSync(DOCKER, ['--version']).status === 0 ? false : 'no docker command to compare with'

/** What `npm run engine -- docker` made, in the folder where it keeps things. */
function kept(): string | undefined {
  const { DOCKLINE_CACHE, XDG_CACHE_HOME } = process.env
  const cache = DOCKLINE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'dockline')
  const folder = join(cache, 'rootfs')
  const name = namesIn(folder).find((each) => /^sid-[0-9a-f]+-docker$/.test(each))
  return name === undefined ? undefined : join(folder, name)
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
