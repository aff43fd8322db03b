import { InvalidArgumentError } from '../../../errors.js'
import { parseDuration } from '../../options/units.js'
import { show } from '../../options/values.js'
import type { BuildRecord } from './history.js'

/**
 * Whether a build fits one of the filters, each of which is conditions between commas that all hold. They are applied here: Engine
 * 28.5 ends with a stack trace when it filters while one of its builds has just been removed.
 */
export function historyFilter(filters: readonly string[]): (record: BuildRecord) => boolean {
  const alternatives = filters.map((filter) => filter.split(',').map(conditionOf))
  return (record) =>
    alternatives.length === 0 || alternatives.some((conditions) => conditions.every((holds) => holds(record)))
}

type Condition = (record: BuildRecord) => boolean

const CONDITION = /^\s*(\w+)\s*(==|=|!=|~=|>=|<=|>|<)\s*(.*?)\s*$/

function conditionOf(text: string): Condition {
  const [, field = '', operator = '', value = ''] = CONDITION.exec(text) ?? []
  if (field === 'ref') return ofText(({ ref }) => ref, operator, value)
  if (field === 'status') return ofText(statusOf, operator, value)
  if (field === 'repository')
    return ofText(({ attributes }) => attributes['vcs:source'] ?? '', operator, value)
  if (field === 'startedAt')
    return ofNumber(({ createdAt }) => createdAt?.getTime(), operator, momentOf(value))
  if (field === 'completedAt')
    return ofNumber(({ completedAt }) => completedAt?.getTime(), operator, momentOf(value))
  if (field === 'duration') return ofNumber(durationOf, operator, parseDuration(value, 'filters') / 1e6)
  const known = 'ref, status, repository, startedAt, completedAt and duration'
  throw new InvalidArgumentError(`filters: ${show(text)} is not a condition on one of ${known}`)
}

/** By BuildKit's words. */
function statusOf({ status }: BuildRecord): string {
  return status === 'failed' ? 'error' : status
}

function durationOf({ createdAt, completedAt }: BuildRecord): number | undefined {
  return createdAt === undefined ? undefined : (completedAt?.getTime() ?? Date.now()) - createdAt.getTime()
}

/** A date, or how long ago. */
function momentOf(value: string): number {
  const time = Date.parse(value)
  return Number.isNaN(time) ? Date.now() - parseDuration(value, 'filters') / 1e6 : time
}

function ofText(read: (record: BuildRecord) => string, operator: string, value: string): Condition {
  if (operator === '=' || operator === '==') return (record) => read(record) === value
  if (operator === '!=') return (record) => read(record) !== value
  if (operator === '~=') return (record) => read(record).includes(value)
  throw new InvalidArgumentError(`filters: a text cannot be compared by ${show(operator)}`)
}

/** Compares a number of a record. A record without that number does not match. */
function ofNumber(
  read: (record: BuildRecord) => number | undefined,
  operator: string,
  value: number,
): Condition {
  const compare = COMPARISONS[operator]
  if (compare === undefined)
    throw new InvalidArgumentError(`filters: a time cannot be compared by ${show(operator)}`)
  return (record) => {
    const known = read(record)
    return known !== undefined && compare(known, value)
  }
}

const COMPARISONS: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
}
