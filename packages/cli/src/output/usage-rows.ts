import type { BuildCache, SystemDataUsageResponse } from 'dockline'
import { ago, goMoment } from './duration.js'
import type { ListLayout } from './list.js'
import { humanSize } from './size.js'
import type { TemplateData } from './template.js'

export const DISK_LAYOUT: ListLayout = {
  table: '{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}',
  id: 'Type',
  headers: {
    Type: 'TYPE',
    TotalCount: 'TOTAL',
    Active: 'ACTIVE',
    Size: 'SIZE',
    Reclaimable: 'RECLAIMABLE',
  },
  raw: {
    item: `type: {{.Type}}
total: {{.TotalCount}}
active: {{.Active}}
size: {{.Size}}
reclaimable: {{.Reclaimable}}
`,
  },
}

interface Totals {
  readonly type: string
  readonly count: number
  readonly active: number
  readonly size: number
  readonly reclaimable: number
}

/** A line for each kind of thing that takes up the disk. */
export function usageRows(usage: SystemDataUsageResponse): TemplateData[] {
  const totals = [imageTotals(usage), containerTotals(usage), volumeTotals(usage)]
  const cache = cacheTotals(usage.BuildCache ?? [])
  return [
    ...totals.map((each) => rowOf(each, shareOf(each))),
    // Of the cache, docker tells no share.
    rowOf(cache, ''),
  ]
}

function rowOf({ type, count, active, size, reclaimable }: Totals, share: string): TemplateData {
  return {
    fields: {
      Active: String(active),
      Reclaimable: `${humanSize(reclaimable, 4)}${share}`,
      Size: humanSize(size, 4),
      TotalCount: String(count),
      Type: type,
    },
  }
}

function shareOf({ size, reclaimable }: Totals): string {
  return size > 0 ? ` (${Math.trunc((reclaimable * 100) / size)}%)` : ''
}

function imageTotals({ Images, LayersSize = 0 }: SystemDataUsageResponse): Totals {
  const images = Images ?? []
  const used = images.filter(({ Containers }) => Containers > 0)
  // -1 is what the Engine did not compute.
  const counted = used.filter(({ Size, SharedSize }) => Size !== -1 && SharedSize !== -1)
  const held = sum(counted.map(({ Size, SharedSize }) => Size - SharedSize))
  return {
    type: 'Images',
    count: images.length,
    active: used.length,
    size: LayersSize,
    reclaimable: LayersSize - held,
  }
}

const ACTIVE = ['running', 'paused', 'restarting']

function containerTotals({ Containers }: SystemDataUsageResponse): Totals {
  const containers = Containers ?? []
  const idle = containers.filter(({ State = '' }) => !ACTIVE.includes(State))
  return {
    type: 'Containers',
    count: containers.length,
    active: containers.length - idle.length,
    size: sum(containers.map(({ SizeRw }) => SizeRw ?? 0)),
    reclaimable: sum(idle.map(({ SizeRw }) => SizeRw ?? 0)),
  }
}

function volumeTotals({ Volumes }: SystemDataUsageResponse): Totals {
  const volumes = Volumes ?? []
  const known = volumes.filter(({ UsageData }) => (UsageData?.Size ?? -1) !== -1)
  const unused = known.filter(({ UsageData }) => UsageData?.RefCount === 0)
  return {
    type: 'Local Volumes',
    count: volumes.length,
    active: volumes.filter(({ UsageData }) => (UsageData?.RefCount ?? 0) > 0).length,
    size: sum(known.map(({ UsageData }) => UsageData?.Size ?? 0)),
    reclaimable: sum(unused.map(({ UsageData }) => UsageData?.Size ?? 0)),
  }
}

function cacheTotals(cache: readonly BuildCache[]): Totals {
  const size = cacheSize(cache)
  const held = sum(cache.filter(({ InUse, Shared }) => InUse && !Shared).map(({ Size = 0 }) => Size))
  return {
    type: 'Build Cache',
    count: cache.length,
    active: cache.filter(({ InUse }) => InUse).length,
    size,
    reclaimable: size - held,
  }
}

export function cacheSize(cache: readonly BuildCache[]): number {
  return sum(cache.filter(({ Shared }) => !Shared).map(({ Size = 0 }) => Size))
}

export const CACHE_LAYOUT: ListLayout = {
  table:
    '{{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}',
  id: 'ID',
  headers: {
    ID: 'CACHE ID',
    CacheType: 'CACHE TYPE',
    Size: 'SIZE',
    CreatedSince: 'CREATED',
    CreatedAt: 'CREATED AT',
    LastUsedSince: 'LAST USED',
    LastUsedAt: 'LAST USED AT',
    UsageCount: 'USAGE',
    InUse: 'IN USE',
    Shared: 'SHARED',
    Parent: 'PARENT',
    Description: 'DESCRIPTION',
  },
  raw: {
    item: `build_cache_id: {{.ID}}
parent_id: {{.Parent}}
build_cache_type: {{.CacheType}}
description: {{.Description}}
created_at: {{.CreatedAt}}
created_since: {{.CreatedSince}}
last_used_at: {{.LastUsedAt}}
last_used_since: {{.LastUsedSince}}
usage_count: {{.UsageCount}}
in_use: {{.InUse}}
shared: {{.Shared}}
`,
  },
}

export function cacheRow(cache: BuildCache, truncate: boolean): TemplateData {
  const { ID = '', InUse = false, CreatedAt = '', LastUsedAt } = cache
  return {
    fields: {
      CacheType: cache.Type ?? '',
      CreatedAt: goMoment(CreatedAt),
      CreatedSince: since(CreatedAt),
      Description: cache.Description ?? '',
      ID: `${truncate ? ID.slice(0, 12) : ID}${InUse ? '*' : ''}`,
      InUse: String(InUse),
      LastUsedAt: LastUsedAt ? goMoment(LastUsedAt) : '',
      LastUsedSince: LastUsedAt ? since(LastUsedAt) : '',
      Parent: (cache.Parents ?? []).join(', '),
      Shared: String(cache.Shared ?? false),
      Size: humanSize(cache.Size ?? 0, 4),
      UsageCount: String(cache.UsageCount ?? 0),
    },
  }
}

function since(moment: string): string {
  return ago(Date.parse(moment) / 1000)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
