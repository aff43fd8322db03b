import type { PortSummary } from 'dockline/api'

interface Group {
  readonly prefix: string
  readonly type: string
  readonly first: number
  last: number
}

/**
 * The PORTS column. Neighbours on one address become a range when host and container port are the same; a
 * mapping between different ports stands alone, behind the ranges.
 */
export function displayPorts(ports: readonly PortSummary[]): string {
  const groups = new Map<string, Group>()
  const finished: string[] = []
  const mappings: string[] = []
  for (const { IP: ip = '', PrivatePort, PublicPort = 0, Type: type = 'tcp' } of [...ports].sort(byPort)) {
    const port = PrivatePort ?? 0
    if (ip !== '' && PublicPort !== port) {
      mappings.push(`${withPort(ip, PublicPort)}->${port}/${type}`)
      continue
    }
    const key = `${ip}/${type}`
    const group = groups.get(key)
    if (group !== undefined && port === group.last + 1) {
      group.last = port
      continue
    }
    if (group !== undefined) finished.push(show(group))
    groups.set(key, { prefix: ip, type, first: port, last: port })
  }
  return [...finished, ...[...groups.values()].map(show), ...mappings].join(', ')
}

function byPort(a: PortSummary, b: PortSummary): number {
  return (
    (a.PrivatePort ?? 0) - (b.PrivatePort ?? 0) ||
    byText(a.IP ?? '', b.IP ?? '') ||
    (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
    byText(a.Type ?? '', b.Type ?? '')
  )
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function show({ prefix, type, first, last }: Group): string {
  const range = first === last ? String(first) : `${first}-${last}`
  return prefix === '' ? `${range}/${type}` : `${withPort(prefix, range)}->${range}/${type}`
}

function withPort(ip: string, port: number | string): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}
