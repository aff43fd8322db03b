import type { KillOption, KillPlan } from './kill-option.js'

/** Reads the option `kill`; undefined where the command is not ended. Rejects with InvalidArgumentError. */
export async function readKill(kill: KillOption | undefined): Promise<KillPlan | undefined> {
  if (kill === undefined || kill === false) return undefined
  // Loaded here, because few commands are ended.
  const { parseKill } = await import('./kill-option.js')
  return parseKill(kill)
}
