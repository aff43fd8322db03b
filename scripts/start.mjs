// @ts-check
// `npm start`: from a fresh clone to a shell in a container. Without a terminal on stdin, a short tour instead.
import { build, install } from './lib/prepare.mjs'
import { runStoppable, say } from './lib/script.mjs'

await runStoppable(main)

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
