// @ts-check
import { existsSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { countLosses } from './lost-output.mjs'
import { measurePace } from './pace.mjs'
import { ROOT } from './prepare.mjs'
import { inRunFolder } from './run-folder.mjs'
import { groupTests } from './test-groups.mjs'

/** A file that takes this long on a calm machine hangs: everything that a test waits for has a limit of its own. */
const FILE_LIMIT_MS = 30 * 60_000
/** The rings whose files take longest begin first, so that no long file is left for the end. */
const LONGEST_FIRST = ['docs', 'package', 'live', 'terminal', 'wire', 'pure']
const ENGINE_RINGS = ['live', 'terminal', 'docs']
/** They share an Engine with TLS, and take longest of all. */
const OF_ONE_ENGINE = /\/(?:live\/tls|live\/transports|package\/runtimes)\.test\.js$/
/** Rings of many small files, of which several share a process. */
const SMALL_RINGS = ['wire', 'pure']
const PACKAGES = ['packages/dockline', 'packages/cli', 'packages/dockerode']

/**
 * @typedef {object} TestRun
 * @property {readonly string[]} [hosts] Engines to test against
 * @property {readonly string[]} [logs] what these Engines write into their own logs
 * @property {readonly string[]} [rings] only these folders of tests, such as 'pure'; default all
 * @property {readonly string[]} [names] only files whose path contains one of these; default all
 * @property {boolean} [failOnSkip] a test that needs an Engine and was skipped is a failure
 * @property {import('./cost.mjs').Costs} [costs] counts what each file costs: then they run one at a time
 * @property {AbortSignal} [signal]
 * @property {(line: string) => void} say
 */

/**
 * @typedef {object} Failure
 * @property {string} file that was run
 * @property {string} files that are in it
 * @property {string} name
 * @property {string} reason
 * @property {number} losses how many outputs the Engines gave up while the file ran
 */
/** @typedef {{ failures: Failure[], skipped: number }} Outcome */
/** @typedef {import('node:test').EventData.TestFail} TestFail */

/**
 * Runs the compiled tests and shows them.
 * @param {TestRun} options
 * @returns {Promise<number>} the exit code
 */
export function runTests(options) {
  return inRunFolder(() => runInFolder(options))
}

/**
 * @param {TestRun} options
 * @returns {Promise<number>}
 */
async function runInFolder(options) {
  const { hosts = [], rings, names = [], failOnSkip = false, costs, say } = options
  const files = testFiles(rings, names)
  if (files.length === 0) throw new Error('there are no such compiled tests: run `npm run build`')
  const pace = measurePace()
  const concurrency = costs ? 1 : pace.concurrency
  say(
    `${files.length} files, ${concurrency} at a time; this machine takes ${pace.factor} × a calm one's time`,
  )
  // Whoever names files wants to see each of them alone.
  const sharing = names.length === 0 ? sharingFiles(files) : []
  const groups = groupTests(sharing)
  const [longest = [], ...small] = groups.files
  const alone = files.filter((file) => !sharing.flat().includes(file))
  process.env.DOCKLINE_TEST_HOSTS = hosts.join(',')
  process.env.DOCKLINE_TEST_PACE = String(pace.factor)
  const inPace = {
    ...options,
    concurrency,
    timeout: FILE_LIMIT_MS * pace.factor,
    membersOf: groups.membersOf,
  }
  const first = await runFiles([...longest, ...alone, ...small.flat()], inPace)
  costs?.print(say)
  const { failures, skipped } = await repeatAfterLosses(first, inPace)
  tellFailures(failures, say)
  if (failOnSkip && skipped > 0)
    say(`${skipped} tests that need an Engine were skipped: in CI that is a failure`)
  return failures.length > 0 || (failOnSkip && skipped > 0) ? 1 : 0
}

/** @typedef {TestRun & { concurrency: number, timeout: number, membersOf: (file: string) => readonly string[] }} PacedRun */

/**
 * @param {readonly string[]} files
 * @param {PacedRun} options
 * @returns {Promise<Outcome>}
 */
async function runFiles(files, { concurrency, timeout, membersOf, logs = [], costs, signal }) {
  const stream = run({ files: [...files], concurrency, timeout, ...(signal ? { signal } : {}) })
  /** @type {Map<string, number>} when each file began */
  const begun = new Map()
  stream.on('test:dequeue', ({ name, nesting }) => {
    if (nesting !== 0 || !files.includes(name)) return
    for (const member of membersOf(name)) begun.set(resolve(member), Date.now())
    costs?.begin(relative(ROOT, name))
  })
  /** @type {Outcome} */
  const outcome = { failures: [], skipped: 0 }
  stream.on('test:fail', (event) => {
    // A suite fails with each test in it, and says no more than that.
    if (failureTypeOf(event) === 'subtestsFailed') return
    const file = event.file ?? event.name
    const losses = countLosses(logs, begun.get(resolve(file)) ?? Number.POSITIVE_INFINITY, Date.now())
    outcome.failures.push({ file, losses, ...failureOf(event, membersOf) })
  })
  stream.on('test:pass', ({ skip, file = '' }) => {
    if (skip !== undefined && inRing(file, ENGINE_RINGS)) outcome.skipped += 1
  })
  const report = stream.compose(new spec())
  report.pipe(process.stdout, { end: false })
  await finished(report)
  return outcome
}

/**
 * Runs once more, and says so, the files that failed while an Engine wrote that it had given up the output of a process. All
 * other failures stand.
 * @param {Outcome} first
 * @param {PacedRun} options
 * @returns {Promise<Outcome>}
 */
async function repeatAfterLosses({ failures, skipped }, options) {
  // The costs of the files are printed by now.
  const { costs: _printed, ...uncounted } = options
  const { say } = options
  const repeated = failures.filter(({ losses }) => losses > 0)
  if (repeated.length === 0) return { failures, skipped }
  tellFailures(repeated, say)
  say(
    'these files run once more: while each of them ran, an Engine gave up the output of a process, by its own log',
  )
  const files = [...new Set(repeated.map(({ file }) => relative(process.cwd(), file)))]
  const again = await runFiles(files, uncounted)
  return {
    failures: [...failures.filter(({ losses }) => losses === 0), ...again.failures],
    skipped: skipped + again.skipped,
  }
}

/**
 * @param {readonly string[]} files
 * @returns {string[][]} of which each may share processes; the first takes longest
 */
function sharingFiles(files) {
  const small = PACKAGES.flatMap((folder) =>
    SMALL_RINGS.map((ring) => files.filter((file) => file.includes(`${folder}/`) && inRing(file, [ring]))),
  )
  return [files.filter((file) => OF_ONE_ENGINE.test(file)), ...small]
}

/** @param {TestFail} event */
function failureTypeOf({ details: { error } }) {
  return 'failureType' in error ? error.failureType : undefined
}

/**
 * @param {TestFail} event
 * @param {(file: string) => readonly string[]} membersOf
 * @returns {Pick<Failure, 'files' | 'name' | 'reason'>}
 */
function failureOf({ file = '', name, details: { error } }, membersOf) {
  const cause = error.cause instanceof Error ? error.cause : error
  const files = membersOf(file || name).map((each) => relative(ROOT, each))
  return { files: files.join(' '), name, reason: cause.message.split('\n', 1)[0] ?? '' }
}

/**
 * Says which test failed in which file, and how to run that file alone.
 * @param {readonly Failure[]} failures
 * @param {(line: string) => void} say
 */
function tellFailures(failures, say) {
  for (const files of new Set(failures.map((failure) => failure.files))) {
    say(`failed: npm test -- ${files}`)
    for (const failure of failures) {
      if (failure.files === files) say(`    ${failure.name}: ${failure.reason}`)
    }
  }
}

/**
 * @param {string} file
 * @param {readonly string[]} rings
 */
function inRing(file, rings) {
  return rings.some((ring) => file.split(/[\\/]/).includes(ring))
}

/**
 * @param {readonly string[] | undefined} rings
 * @param {readonly string[]} names
 * @returns {string[]} the files, those that take longest first
 */
export function testFiles(rings, names) {
  const files = PACKAGES.map((folder) => join(ROOT, folder, 'dist-test'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => rings === undefined || inRing(file, rings))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
    .map((file) => relative(process.cwd(), file))
    .sort()
  return LONGEST_FIRST.flatMap((ring) => files.filter((file) => inRing(file, [ring])))
}
