// @ts-check
/** Whether memory stays where it is while a slow reader takes 1 GiB. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { WAYS } from './memory-probe.mjs'

const TARGET = 20
const PROBE = fileURLToPath(new URL('memory-probe.mjs', import.meta.url))
const run = promisify(execFile)

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* memory({ socketPath, quick }) {
  const blocks = quick ? 64 : 1024
  for (const frame of [100, 32 * 1024]) {
    for (const way of Object.keys(WAYS)) {
      const argv = ['--expose-gc', PROBE, socketPath, way, String(frame), String(blocks)]
      const { stdout } = await run(process.execPath, argv)
      const { rss, heap, seconds } = JSON.parse(stdout)
      yield {
        what: `${blocks} MiB to a slow reader, ${frame === 100 ? '100 B' : '32 KiB'} frames: ${way}`,
        value: `RSS ±${rss.toFixed(1)} MB`,
        peer: `heap ±${heap.toFixed(1)} MB, ${seconds.toFixed(1)} s`,
        measured: Math.max(rss, heap),
        target: TARGET,
        atMost: true,
      }
    }
  }
}
