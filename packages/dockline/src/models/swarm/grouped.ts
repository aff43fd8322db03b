import { refuseUnknown } from '../options/index.js'
import { object, parted } from '../options/values.js'

/** The part of a table that a group needs. */
interface Group {
  readonly names: readonly string[]
  parse(value: unknown, option: string): object
}

/**
 * Friendly options that lie flat in one object, and in the Engine's as groups: `{ cpus }` becomes
 * `{ Limits: { NanoCPUs } }`. The Engine's groups are taken as well. `others` are further names, left out here.
 */
export function grouped(
  value: unknown,
  option: string,
  {
    groups,
    others,
  }: { readonly groups: Readonly<Record<string, Group>>; readonly others: readonly string[] },
): Record<string, unknown> {
  const given = object(value, option)
  const friendly = Object.values(groups).flatMap(({ names }) => names)
  refuseUnknown(given, [...friendly, ...Object.keys(groups), ...others], option)
  const wire: Record<string, unknown> = {}
  for (const [key, group] of Object.entries(groups)) {
    const [own] = parted(given, group.names)
    const whole = given[key] === undefined ? {} : group.parse(given[key], `${option}.${key}`)
    const merged = { ...whole, ...group.parse(own, option) }
    if (Object.keys(merged).length > 0) wire[key] = merged
  }
  return wire
}
