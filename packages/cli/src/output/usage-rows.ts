import type { BuildCache, SystemDataUsageResponse } from 'dockline/api'
import { goMoment } from '../go/time.js'
import type { TemplateData } from '../template/index.js'
import { ago, YEAR_ONE } from './duration.js'
import type { ListLayout } from './list.js'
import { humanSize } from './size.js'

export const DISK_LAYOUT: ListLayout = {
  columns: ['Type', 'TotalCount', 'Active', 'Size', 'Reclaimable'],
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

type Sums = Omit<NonNullable<SystemDataUsageResponse['ImageUsage']>, 'Items'>

/** A line for each kind of thing that takes up the disk. */
export function usageRows(usage: SystemDataUsageResponse): TemplateData[] {
  return [
    rowOf('Images', usage.ImageUsage),
    rowOf('Containers', usage.ContainerUsage),
    rowOf('Local Volumes', usage.VolumeUsage),
    // For the cache, docker prints no percentage.
    rowOf('Build Cache', usage.BuildCacheUsage, false),
  ]
}

function rowOf(Type: string, sums: Sums = {}, withShare = true): TemplateData {
  const { ActiveCount = 0, TotalCount = 0, Reclaimable = 0, TotalSize = 0 } = sums
  const share = withShare && TotalSize > 0 ? ` (${Math.trunc((Reclaimable * 100) / TotalSize)}%)` : ''
  return {
    fields: {
      Active: String(ActiveCount),
      Reclaimable: `${humanSize(Reclaimable, 4)}${share}`,
      Size: humanSize(TotalSize, 4),
      TotalCount: String(TotalCount),
      Type,
    },
  }
}

export const CACHE_LAYOUT: ListLayout = {
  columns: ['ID', 'CacheType', 'Size', 'CreatedSince', 'LastUsedSince', 'UsageCount', 'Shared'],
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
      Size: humanSize(cache.Size ?? 0),
      UsageCount: String(cache.UsageCount ?? 0),
    },
  }
}

/** As docker has it: what was used last is last, and what never was first. */
export function byUse(a: BuildCache, b: BuildCache): number {
  const [these, those] = [a, b].map(({ LastUsedAt }) => (LastUsedAt ? Date.parse(LastUsedAt) : 0))
  if (these !== those) return (these ?? 0) - (those ?? 0)
  const [id, other] = [a.ID ?? '', b.ID ?? '']
  return id < other ? -1 : id > other ? 1 : 0
}

function since(moment: string): string {
  return ago(moment === '' ? YEAR_ONE : Date.parse(moment) / 1000)
}
