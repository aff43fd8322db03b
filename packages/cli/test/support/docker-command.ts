import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The docker command that dockline is compared with: the one `npm test` names, that of the throwaway Engines when it
 * was made before, else that of this machine.
 */
export const DOCKER = process.env.DOCKLINE_TEST_DOCKER || kept('docker') || 'docker'

/** The buildx that builds are compared with, found in the same way. */
export const BUILDX = process.env.DOCKLINE_TEST_BUILDX || kept('buildx') || 'docker-buildx'

/**
 * Whether there is one to compare with; else the reason to skip. `npm test` has tried the one that it names: to ask in each file
 * takes longer than many a test.
 */
export const withoutDocker =
  process.env.DOCKLINE_TEST_DOCKER || runs(DOCKER, '--version') ? false : 'no docker command to compare with'

export const withoutBuildx =
  process.env.DOCKLINE_TEST_BUILDX || runs(BUILDX, 'version') ? false : 'no buildx to compare with'

function runs(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args).status === 0
}

/** What `npm run engine -- docker` and `buildx` made, in the folder where they keep things. */
function kept(command: string): string | undefined {
  const { DOCKLINE_CACHE, XDG_CACHE_HOME } = process.env
  const cache = DOCKLINE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'dockline')
  const folder = join(cache, 'rootfs')
  const name = namesIn(folder).find((each) => new RegExp(`^sid-[0-9a-f]+-${command}$`).test(each))
  return name === undefined ? undefined : join(folder, name)
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
