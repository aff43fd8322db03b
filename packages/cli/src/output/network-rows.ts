import type { NetworkSummary } from 'dockline/api'
import { goMoment } from '../go/time.js'
import type { TemplateData } from '../template/index.js'
import { labelList } from './labels.js'
import type { ListLayout } from './list.js'
import { shortId } from './words.js'

export const NETWORKS_LAYOUT: ListLayout = {
  columns: ['ID', 'Name', 'Driver', 'Scope'],
  id: 'ID',
  headers: {
    ID: 'NETWORK ID',
    Name: 'NAME',
    Driver: 'DRIVER',
    Scope: 'SCOPE',
    IPv4: 'IPV4',
    IPv6: 'IPV6',
    Internal: 'INTERNAL',
    Labels: 'LABELS',
    CreatedAt: 'CREATED AT',
  },
  raw: {
    item: 'network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n',
    id: 'network_id: {{.ID}}',
  },
}

export function networkRow(network: NetworkSummary, truncate: boolean): TemplateData {
  const { Id = '', Name = '', Driver = '', Scope = '', Created = '' } = network
  const labels = network.Labels ?? {}
  return {
    labels,
    fields: {
      CreatedAt: goMoment(Created),
      Driver,
      ID: truncate ? shortId(Id) : Id,
      // Engines before API 1.47 do not say, as docker has it.
      IPv4: String(network.EnableIPv4 ?? false),
      IPv6: String(network.EnableIPv6 ?? false),
      Internal: String(network.Internal ?? false),
      Labels: labelList(labels),
      Name,
      Scope,
    },
  }
}
