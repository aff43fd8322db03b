import { parseUlimit } from 'dockline/syntax'
import { UsageError } from '../errors.js'
import { isExact } from './flag.js'
import { readableBy } from './words.js'

const ULIMITS = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
]

const checkLimits = readableBy(parseUlimit)

/** Refuses what is no limit of a process, in docker's words. */
export function checkUlimit(given: string): void {
  const [name = '', ...limits] = given.split(/[=:]/)
  const tooFar = limits.find((limit) => /^\d+$/.test(limit) && !isExact(Number(limit)))
  if (tooFar !== undefined) throw new UsageError(`strconv.ParseInt: parsing "${tooFar}": value out of range`)
  checkLimits(given)
  if (!ULIMITS.includes(name)) throw new UsageError(`invalid ulimit type: ${name}`)
}
