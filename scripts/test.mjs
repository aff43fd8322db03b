// @ts-check
// `npm test`: everything, against real Engines: 20.10 (the machine's own Docker) and 28.5 (Debian sid), and the
// Podmans of Debian bookworm and sid. `npm test -- NAME…` runs only the files whose path contains one of the names.
// DOCKLINE_TEST_COST=10 runs one file at a time, and prints the ten that cost most.
import { setMaxListeners } from 'node:events'
import { logPath } from './engine/paths.mjs'
import { countCosts } from './lib/cost.mjs'
import { providePackageTools } from './lib/package-tools.mjs'
import { build, bundle, install, pack } from './lib/prepare.mjs'
import { runTests, testFiles } from './lib/run-tests.mjs'
import { provideRuntimes } from './lib/runtimes.mjs'
import { say } from './lib/script.mjs'

/** Started side by side, each in namespaces of its own, beside whatever runs here. */
const SUITES = ['machine', 'sid']
/** In root file systems of their own: nothing is installed for them on the machine. Not every machine that runs Docker runs them. */
const PODMAN_SUITES = ['podman-bookworm', 'podman-sid']
const inCi = Boolean(process.env.CI)
/** A compiled test has the path of its source, but for these. */
const names = process.argv
  .slice(2)
  .map((name) => name.replace('/test/', '/dist-test/').replace(/\.ts$/, '.js'))

const costs = process.env.DOCKLINE_TEST_COST ? countCosts(Number(process.env.DOCKLINE_TEST_COST)) : undefined
const stopping = new AbortController()
// The test runner listens once for each file.
setMaxListeners(0, stopping.signal)
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => stopping.abort())

try {
  process.exitCode = await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

/** Everything is made ready at the same time: most of it waits for the network, or keeps one core busy. */
async function main() {
  const given = process.env.DOCKLINE_TEST_HOSTS ? process.env.DOCKLINE_TEST_HOSTS.split(',') : undefined
  const suites = given ? [] : [...SUITES, ...PODMAN_SUITES]
  try {
    const [hosts] = await all([given ?? startAllEngines(), buildAll(), provideRuntimes(say), provideDocker()])
    keepCertificatesForNpm()
    return await runAgainst(hosts, given ? [] : SUITES.map(nameOf).map(logPath))
  } finally {
    if (suites.length > 0) await stopEngines(suites.map(nameOf))
  }
}

/**
 * Waits for the end of all of them, also when one fails: then the others are given up.
 * @template {readonly unknown[]} Tasks
 * @param {readonly [...Tasks]} tasks
 * @returns {Promise<{ [Index in keyof Tasks]: Awaited<Tasks[Index]> }>}
 */
async function all(tasks) {
  const done = Promise.all(tasks)
  done.catch(() => stopping.abort())
  await Promise.allSettled(tasks)
  return done
}

async function buildAll() {
  await install(say)
  await build(say)
  await bundle()
  // The samples of the docs are compiled against the types of the package.
  if (testFiles(['package', 'docs'], names).length > 0) await providePackage()
}

/** @returns {Promise<string[]>} the hosts of the Engines of Docker */
async function startAllEngines() {
  const { stopOrphans } = await import('./engine/index.mjs')
  await stopOrphans({ say })
  const [hosts, podmans] = await Promise.all([startEngines(SUITES), startEngines(PODMAN_SUITES)])
  if (hosts.length < SUITES.length && inCi) throw new Error('an Engine is missing: in CI that is a failure')
  process.env.DOCKLINE_TEST_PODMAN_HOSTS ||= podmans.join(',')
  return hosts
}

/** @param {readonly string[]} engines */
async function stopEngines(engines) {
  const { stopEngine } = await import('./engine/index.mjs')
  say('stopping the Engines')
  await Promise.all(engines.map((name) => stopEngine(name, { force: true }).catch(() => {})))
}

/**
 * Node 20 reads the certificates of this variable before a program's first line, for longer than it takes to start. No test
 * but those that run npm needs a host that these certificates are for.
 */
function keepCertificatesForNpm() {
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env
  if (certificates === undefined) return
  process.env.DOCKLINE_TEST_NPM_CERTIFICATES ||= certificates
  delete process.env.NODE_EXTRA_CA_CERTS
}

/** @param {string} suite */
function nameOf(suite) {
  return `test-${suite}-${process.pid}`
}

/**
 * @param {readonly string[]} suites
 * @returns {Promise<string[]>} the hosts of those that could be started
 */
async function startEngines(suites) {
  const { startEngine, ensureImage } = await import('./engine/index.mjs')
  const { signal } = stopping
  const started = await Promise.allSettled(
    suites.map(async (suite) => {
      const engine = await startEngine({ suite, name: nameOf(suite), inMemory: true, say, signal })
      await ensureImage(engine.host, { say, signal })
      say(`${engine.kind} Engine ${engine.version} (API ${engine.apiVersion}) at ${engine.host}`)
      return engine.host
    }),
  )
  const failures = started.filter((result) => result.status === 'rejected')
  for (const { reason } of failures) say(reason instanceof Error ? reason.message : String(reason))
  if (failures.length > 0) say('tests that need an Engine that is missing are skipped')
  return started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

async function providePackage() {
  process.env.DOCKLINE_TARBALL ||= pack()
  await providePackageTools(say)
}

/** What the dockline command is compared with; without it the tests take the docker of PATH. */
async function provideDocker() {
  const { buildxCommand, dockerCommand } = await import('./engine/index.mjs')
  const progress = { say, signal: stopping.signal }
  try {
    process.env.DOCKLINE_TEST_DOCKER ||= await dockerCommand(progress)
    process.env.DOCKLINE_TEST_BUILDX ||= await buildxCommand(progress)
  } catch (error) {
    if (inCi) throw error
    say(error instanceof Error ? error.message : String(error))
  }
}

/**
 * @param {readonly string[]} hosts
 * @param {readonly string[]} [logs] of their Engines
 */
function runAgainst(hosts, logs = []) {
  stopping.signal.throwIfAborted()
  return runTests({
    hosts,
    logs,
    names,
    failOnSkip: inCi,
    ...(costs ? { costs } : {}),
    signal: stopping.signal,
    say,
  })
}
