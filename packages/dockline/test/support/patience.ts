import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** How many times slower than a calm machine this one was when the run began: scripts/lib/pace.mjs measures it. */
const PACE_OF_RUN = Number(process.env.DOCKLINE_TEST_PACE) || 1
/** How many processes wait for each core by now. Windows counts none. */
const PACE_OF_NOW = (loadavg()[0] ?? 0) / availableParallelism()
const PACE = Math.max(PACE_OF_RUN, PACE_OF_NOW)

/**
 * How long a test waits for something that must happen. It guards against hanging and says nothing about speed, so it is
 * much longer than anything takes.
 */
export const PATIENCE_MS = Math.ceil(60_000 * PACE)

/** The same, as an option of a test or a child process. */
export const PATIENT = { timeout: PATIENCE_MS }

/** A time limit that a test lets run out. What the test wants to come before that comes in time on a slow machine too. */
export const RUNS_OUT_MS = Math.ceil(1000 * PACE)

/** Asks until there is an answer, for what no call of the Engine waits for. */
export async function waitFor<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const end = AbortSignal.timeout(PATIENCE_MS)
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await sleep(50, undefined, { signal: end })
  }
}
