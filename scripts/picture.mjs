// @ts-check
// `npm run picture`: plays sessions of the dockline command on a real Engine and draws their screens in docs/.
import { buildPackages } from './lib/prepare.mjs'
import { runStoppable, say } from './lib/script.mjs'

await runStoppable(main)

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
