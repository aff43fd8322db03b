// @ts-check
// What each test file costs: seconds of the processor in its processes, and in the Engines while it ran. Unlike seconds on
// the clock, they say the same on a busy machine.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the processor's time is counted: cgroups of version 1, or of version 2. */
const COUNTERS = [
  { folder: '/sys/fs/cgroup/cpuacct', file: 'cpuacct.usage', perSecond: 1e9 },
  { folder: '/sys/fs/cgroup', file: 'cpu.stat', perSecond: 1e6 },
]
/** Linux counts the time of processes in hundredths of a second everywhere. */
const TICKS_PER_SECOND = 100
/** In /proc/PID/stat, counted from the state, which stands behind the name. */
const STAT_FIELDS = { own: [11, 12], children: [13, 14] }

/**
 * @typedef {object} Spent seconds of the processor
 * @property {number} tests in the processes of test files
 * @property {number} engines in Engines, and in all else that outlives a process of a test
 */

/** @typedef {{ begin: (file: string) => void, print: (say: (line: string) => void) => void }} Costs */

/**
 * Counts from now on. Files must run one at a time, so that what an Engine does is done for the file that runs.
 * @param {number} most how many lines it prints
 * @returns {Costs}
 */
export function countCosts(most) {
  const count = counterOfThisRun()
  /** @type {Map<string, Spent>} */
  const spent = new Map()
  let [current, last] = ['making ready', { tests: 0, engines: 0 }]
  const end = () => {
    const now = count()
    spent.set(current, { tests: now.tests - last.tests, engines: now.engines - last.engines })
    last = now
  }
  return {
    begin: (file) => {
      end()
      current = file
    },
    print: (say) => {
      end()
      for (const line of tableOf(spent, most)) say(line)
    },
  }
}

/**
 * Moves this process, and so all that it starts, to a cgroup of its own.
 * @returns {() => Spent}
 */
function counterOfThisRun() {
  const counter = COUNTERS.find(({ folder, file }) => existsSync(join(folder, file)))
  if (!counter) throw new Error('costs are counted by cgroups, and there are none here')
  const name = `dockline-cost-${process.pid}`
  const folder = join(counter.folder, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'cgroup.procs'), String(process.pid))
  process.once('exit', () => leave(counter.folder, folder))
  const secondsOf = (/** @type {string} */ group) => {
    const text = readFileSync(join(counter.folder, group, counter.file), 'utf8')
    return Number(/\d+/.exec(text)?.[0]) / counter.perSecond
  }
  return () => {
    const { own, children } = timesOfThisProcess()
    const containers = readdirSync(counter.folder).filter(
      (each) => each.startsWith(`dockline-test-`) && each.endsWith(`-${process.pid}`),
    )
    const inContainers = containers.reduce((sum, each) => sum + secondsOf(each), 0)
    return { tests: children, engines: secondsOf(name) + inContainers - own - children }
  }
}

/**
 * @param {string} parent
 * @param {string} folder
 */
function leave(parent, folder) {
  writeFileSync(join(parent, 'cgroup.procs'), String(process.pid))
  try {
    rmdirSync(folder)
  } catch {
    // What an Engine has left there is about to end.
  }
}

/** The children are those that have ended, with theirs. */
function timesOfThisProcess() {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const seconds = (/** @type {readonly number[]} */ indexes) =>
    indexes.reduce((sum, index) => sum + Number(fields[index]), 0) / TICKS_PER_SECOND
  return { own: seconds(STAT_FIELDS.own), children: seconds(STAT_FIELDS.children) }
}

/**
 * @param {ReadonlyMap<string, Spent>} spent
 * @param {number} most
 */
function tableOf(spent, most) {
  const rows = [...spent].sort(([, a], [, b]) => sumOf(b) - sumOf(a))
  const total = rows.reduce(
    (sum, [, each]) => ({ tests: sum.tests + each.tests, engines: sum.engines + each.engines }),
    { tests: 0, engines: 0 },
  )
  return [
    'seconds of the processor: in all, in tests, in Engines',
    ...rows.slice(0, most).map(lineOf),
    lineOf(['all', total]),
  ]
}

/** @param {[string, Spent]} row */
function lineOf([file, spent]) {
  return (
    [sumOf(spent), spent.tests, spent.engines].map((each) => each.toFixed(1).padStart(8)).join('') +
    `  ${file}`
  )
}

/** @param {Spent} spent */
function sumOf({ tests, engines }) {
  return tests + engines
}
