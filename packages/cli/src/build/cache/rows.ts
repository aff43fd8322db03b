import type { BuildCacheRecord } from 'dockline/types'
import { goMoment } from '../../go/time.js'
import { ago } from '../../output/duration.js'
import type { ListLayout } from '../../output/list.js'
import { humanSize } from '../../output/size.js'
import type { TemplateData } from '../../template/index.js'

export const USAGE_LAYOUT: ListLayout = {
  columns: ['ID', 'Reclaimable', 'Size', 'LastUsedAt'],
  id: 'ID',
  headers: {
    ID: 'ID',
    Parents: 'PARENTS',
    CreatedAt: 'CREATED AT',
    Mutable: 'MUTABLE',
    Reclaimable: 'RECLAIMABLE',
    Shared: 'SHARED',
    Size: 'SIZE',
    Description: 'DESCRIPTION',
    UsageCount: 'USAGE COUNT',
    LastUsedAt: 'LAST ACCESSED',
    Type: 'TYPE',
  },
}

export function usageRow(record: BuildCacheRecord): TemplateData {
  const { id, createdAt, description, mutable, parents, inUse, shared, size, type, usageCount } = record
  return {
    fields: {
      CreatedAt: momentOf(createdAt),
      Description: description,
      ID: id,
      LastUsedAt: lastUse(record),
      Mutable: mutable,
      Parents: parents.length === 0 ? null : parents,
      Reclaimable: !inUse,
      Shared: shared,
      Size: humanSize(size, 4),
      Type: type,
      UsageCount: usageCount,
    },
  }
}

/** In a table, what can change is marked, and so is the size of what others have as well. */
export function tableRow(record: BuildCacheRecord): TemplateData {
  const { fields } = usageRow(record)
  const { id, mutable, shared } = record
  const marked = { ID: `${id}${mutable ? '*' : ''}`, Size: `${fields.Size}${shared ? '*' : ''}` }
  return { fields: { ...fields, ...marked } }
}

/** The smallest first. */
export function bySize(one: BuildCacheRecord, other: BuildCacheRecord): number {
  return one.size - other.size || (one.id < other.id ? -1 : 1)
}

/** A record with all that is known of it, a line each. */
export function recordText(record: BuildCacheRecord): string {
  const { id, parents, createdAt, mutable, inUse, shared, size, description, usageCount, type } = record
  const used = lastUse(record)
  return [
    `ID:           ${id}`,
    ...(parents.length > 0 ? ['Parents:', ...parents.map((parent) => ` - ${parent}`)] : []),
    `Created at:   ${momentOf(createdAt)}`,
    `Mutable:      ${mutable}`,
    `Reclaimable:  ${!inUse}`,
    `Shared:       ${shared}`,
    `Size:         ${humanSize(size, 4)}`,
    ...(description === '' ? [] : [`Description:  ${description}`]),
    `Usage count:  ${usageCount}`,
    ...(used === '' ? [] : [`Last used:    ${used}`]),
    ...(type === '' ? [] : [`Type:         ${type}`]),
    '\n',
  ].join('\n')
}

/** How much there is together. */
export function summaryText(records: readonly BuildCacheRecord[]): string {
  const sum = (which: (record: BuildCacheRecord) => boolean) =>
    humanSize(
      records.filter(which).reduce((bytes, { size }) => bytes + size, 0),
      4,
    )
  const hasShared = records.some(({ shared }) => shared)
  return [
    ...(hasShared
      ? [`Shared:\t\t${sum(({ shared }) => shared)}\n`, `Private:\t${sum(({ shared }) => !shared)}\n`]
      : []),
    `Reclaimable:\t${sum(({ inUse }) => !inUse)}\n`,
    `Total:\t\t${sum(() => true)}\n`,
  ].join('')
}

function momentOf(time: Date | undefined): string {
  return goMoment(time === undefined ? '' : time.toISOString())
}

function lastUse({ lastUsedAt }: BuildCacheRecord): string {
  return lastUsedAt === undefined ? '' : ago(lastUsedAt.getTime() / 1000)
}
