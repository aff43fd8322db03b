// @ts-check
// What the scripts of package.json have in common: how they tell what they do, and how they end.
import { constants } from 'node:os'

const STOP_SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * Tells the person at the terminal. Results go to stdout, and this does not.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`▸ ${line}\n`)
}

/**
 * Runs a script, and tells how it failed.
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  try {
    await main()
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}

/**
 * Runs a script that cleans up after itself when a signal stops it.
 * @param {(signal: AbortSignal) => Promise<void>} main
 */
export async function runStoppable(main) {
  const stopping = new AbortController()
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      process.exitCode = 128 + constants.signals[signal]
      stopping.abort(new Error(`stopped by ${signal}`))
    })
  }
  await runScript(() =>
    main(stopping.signal).catch((error) => {
      if (!stopping.signal.aborted) throw error
    }),
  )
}
