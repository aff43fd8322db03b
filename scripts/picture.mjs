// @ts-check
// `npm run picture`: plays sessions of the dockline command on a real Engine and draws their screens in docs/.
import { constants } from 'node:os'
import { buildPackages } from './lib/prepare.mjs'

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
  await buildPackages(say)
  signal.throwIfAborted()
  // Only now is there something to import.
  const { withEngine } = await import('./picture/engine.mjs')
  const { SCENES } = await import('./picture/scenes.mjs')
  const { takePicture } = await import('./picture/take.mjs')
  await withEngine({ say, signal }, async (engine) => {
    for (const scene of SCENES) {
      say(`playing ${scene.title}`)
      await takePicture(scene, { ...engine, signal })
      say(scene.file)
    }
  })
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`▸ ${line}\n`)
}
