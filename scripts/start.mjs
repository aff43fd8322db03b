// @ts-check
// `npm start`: from a fresh clone to a shell in a container. Without a terminal on stdin, a short tour instead.
import { constants } from 'node:os'
import { build, install } from './lib/prepare.mjs'

const stopping = new AbortController()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    process.exitCode = 128 + constants.signals[signal]
    stopping.abort(new Error(`stopped by ${signal}`))
  })
}

try {
  await main(stopping.signal)
} catch (error) {
  if (!stopping.signal.aborted) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}

/** @param {AbortSignal} signal */
async function main(signal) {
  await install(say)
  signal.throwIfAborted()
  await build(say, ['packages/dockline'])
  signal.throwIfAborted()
  // Only now is there something to import.
  const { withEngine } = await import('./start/engine.mjs')
  await withEngine({ say, signal }, async ({ client, image }) => {
    if (process.stdin.isTTY && process.stdout.isTTY) {
      const { openShell } = await import('./start/shell.mjs')
      process.exitCode = await openShell({ client, image, say, signal })
    } else {
      const { giveTour } = await import('./start/tour.mjs')
      await giveTour({ client, image, signal })
    }
  })
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`▸ ${line}\n`)
}
