import type { Volume } from 'dockline/api'
import type { TemplateData } from '../template/index.js'
import { labelList } from './labels.js'
import type { ListLayout } from './list.js'
import { humanSize } from './size.js'

const HEADERS = {
  Name: 'VOLUME NAME',
  Driver: 'DRIVER',
  Scope: 'SCOPE',
  Mountpoint: 'MOUNTPOINT',
  Labels: 'LABELS',
  Links: 'LINKS',
  Size: 'SIZE',
  Availability: 'AVAILABILITY',
  Group: 'GROUP',
  Status: 'STATUS',
}

export const VOLUMES_LAYOUT: ListLayout = {
  columns: ['Driver', 'Name'],
  id: 'Name',
  headers: HEADERS,
  raw: { item: 'name: {{.Name}}\ndriver: {{.Driver}}\n', id: 'name: {{.Name}}' },
}
export const CLUSTER_LAYOUT: ListLayout = {
  ...VOLUMES_LAYOUT,
  columns: ['Name', 'Group', 'Driver', 'Availability', 'Status'],
}

export function volumeRow(volume: Volume): TemplateData {
  const { Name, Driver, Scope, Mountpoint, UsageData, ClusterVolume } = volume
  const labels = volume.Labels ?? {}
  return {
    labels,
    fields: {
      Availability: ClusterVolume?.Spec?.AccessMode?.Availability ?? 'N/A',
      Driver,
      Group: ClusterVolume?.Spec?.Group ?? 'N/A',
      Labels: labelList(labels),
      Links: UsageData ? String(UsageData.RefCount) : 'N/A',
      Mountpoint,
      Name,
      Scope,
      Size: UsageData ? humanSize(UsageData.Size, 4) : 'N/A',
      Status: statusOf(volume),
    },
  }
}

/** Of a volume of the swarm: what has become of it. */
function statusOf({ ClusterVolume: volume }: Volume): string {
  if (!volume) return 'N/A'
  if (!volume.Info?.VolumeID) return 'pending creation'
  const uses = (volume.PublishStatus ?? []).length
  return uses === 0 ? 'created' : `in use (${uses} node${uses === 1 ? '' : 's'})`
}
