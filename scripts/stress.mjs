// @ts-check
// `npm run test:stress`: the whole `npm test` several times in a row, some of them beside programs that take the processor.
// It is green when every run is. `npm run test:stress -- --calm 3 --busy 2 --loops 2` are the defaults.
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './lib/prepare.mjs'

const { values } = parseArgs({
  options: {
    calm: { type: 'string', default: '3' },
    busy: { type: 'string', default: '2' },
    loops: { type: 'string', default: '2' },
  },
})
const [calm, busy, loops] = [values.calm, values.busy, values.loops].map(Number)
const folder = await mkdtemp(join(tmpdir(), 'dockline-stress-'))
const runs = [...Array(calm).fill(0), ...Array(busy).fill(loops)]

for (const [index, beside] of runs.entries()) {
  const log = join(folder, `run-${index + 1}.log`)
  const ended = await runBeside(beside, log)
  console.log(
    `run ${index + 1} of ${runs.length}, beside ${beside} busy loops: ${ended.code === 0 ? 'green' : `failed with ${ended.code}`}` +
      ` after ${Math.round(ended.seconds)} s, ${ended.counts}; its output: ${log}`,
  )
  if (ended.code !== 0) process.exitCode = 1
}

/**
 * @param {number} count how many busy loops run beside it
 * @param {string} log the file that gets its output
 */
async function runBeside(count, log) {
  const beside = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  const begun = performance.now()
  try {
    const { code, counts } = await runTests(log)
    return { code, counts, seconds: (performance.now() - begun) / 1000 }
  } finally {
    for (const loop of beside) loop.kill('SIGKILL')
  }
}

/**
 * @param {string} log
 * @returns {Promise<{ code: number | null, counts: string }>}
 */
function runTests(log) {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/test.mjs')], {
    cwd: ROOT,
    env: { ...process.env, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const file = createWriteStream(log)
  let tail = ''
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk) => {
      file.write(chunk)
      tail = (tail + chunk).slice(-10_000)
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      file.end()
      resolve({ code, counts: countsIn(tail) })
    })
  })
}

/** @param {string} tail the end of what the test runner wrote */
function countsIn(tail) {
  const count = (/** @type {string} */ what) => new RegExp(`^ℹ ${what} (\\d+)`, 'm').exec(tail)?.[1] ?? '?'
  return `${count('pass')} of ${count('tests')} tests passed`
}
