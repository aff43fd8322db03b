// @ts-check
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { finished } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { ROOT } from './prepare.mjs'

/** Three at a time: most of them wait for an Engine more than they compute. */
const CONCURRENCY = 3
/** Nothing takes this long; what does has hung. */
const FILE_TIMEOUT = 5 * 60_000

/**
 * @typedef {object} TestRun
 * @property {readonly string[]} [hosts] Engines to test against
 * @property {readonly string[]} [rings] only these folders of tests, such as 'pure'; default all
 * @property {boolean} [failOnSkip] a test that needs an Engine and was skipped is a failure
 * @property {AbortSignal} [signal]
 * @property {(line: string) => void} say
 */

/**
 * Runs the compiled tests and shows them.
 * @param {TestRun} options
 * @returns {Promise<number>} the exit code
 */
export async function runTests({ hosts = [], rings, failOnSkip = false, signal, say }) {
  process.env.DOCKLINE_TEST_HOSTS = hosts.join(',')
  const files = testFiles(rings)
  if (files.length === 0) throw new Error('there are no compiled tests: run `npm run build`')
  const counts = { failed: 0, skipped: 0 }
  const stream = run({
    files,
    concurrency: CONCURRENCY,
    timeout: FILE_TIMEOUT,
    ...(signal ? { signal } : {}),
  })
  stream.on('test:fail', () => {
    counts.failed += 1
  })
  stream.on('test:pass', ({ skip, file = '' }) => {
    if (skip !== undefined && needsEngine(file)) counts.skipped += 1
  })
  const report = stream.compose(new spec())
  report.pipe(process.stdout, { end: false })
  await finished(report)
  if (failOnSkip && counts.skipped > 0) {
    say(`${counts.skipped} tests that need an Engine were skipped: in CI that is a failure`)
  }
  return counts.failed > 0 || (failOnSkip && counts.skipped > 0) ? 1 : 0
}

/** @param {string} file */
function needsEngine(file) {
  return inRing(file, ['live', 'terminal', 'docs'])
}

/**
 * @param {string} file
 * @param {readonly string[]} rings
 */
function inRing(file, rings) {
  return rings.some((ring) => file.split(/[\\/]/).includes(ring))
}

/** @param {readonly string[] | undefined} rings */
function testFiles(rings) {
  return ['packages/dockline/dist-test', 'packages/cli/dist-test']
    .map((folder) => join(ROOT, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => rings === undefined || inRing(file, rings))
    .map((file) => relative(process.cwd(), file))
    .sort()
}
