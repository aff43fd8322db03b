import type { PortBinding, PortMap } from 'dockline/api'
import { defineCommand } from '../command.js'
import { ExitError } from '../errors.js'

const flags = {}

export const command = defineCommand({
  usage: 'CONTAINER [PRIVATE_PORT[/PROTO]]',
  flags,
  operands: { min: 1, max: 2 },
  async run({ cli, operands: [name = '', port] }) {
    const { ports } = await cli.inspected(name)
    const lines = port ? mappingsOf(ports, { name, port }) : allMappings(ports)
    for (const line of lines.sort(byNumbers)) cli.line(line)
  },
})

function allMappings(ports: PortMap): string[] {
  return Object.entries(ports).flatMap(([port, bindings]) =>
    (bindings ?? []).map((binding) => `${port} -> ${address(binding)}`),
  )
}

function mappingsOf(ports: PortMap, { name, port }: { name: string; port: string }): string[] {
  const [, number = '', protocol = ''] = /^([^/]*)\/?(.*)$/s.exec(port) ?? []
  if (!/^\d+$/.test(number) || Number(number) > 0xffff) {
    const reason = /^\d+$/.test(number) ? 'value out of range' : 'invalid syntax'
    throw new ExitError(
      `Error: invalid port (${number}): strconv.ParseUint: parsing ${JSON.stringify(number)}: ${reason}`,
    )
  }
  const bindings = ports[`${number}/${protocol || 'tcp'}`] ?? []
  if (bindings.length === 0) throw new ExitError(`Error: No public port '${port}' published for ${name}`)
  return bindings.map(address)
}

function address({ HostIp = '', HostPort = '' }: PortBinding): string {
  return HostIp.includes(':') ? `[${HostIp}]:${HostPort}` : `${HostIp}:${HostPort}`
}

/** 80 goes before 443, as people count. */
function byNumbers(a: string, b: string): number {
  const [these, those] = [a, b].map((line) => line.split(/(\d+)/))
  for (const [index, part] of (these ?? []).entries()) {
    const other = those?.[index] ?? ''
    if (part === other) continue
    return index % 2 === 1 ? Number(part) - Number(other) : part < other ? -1 : 1
  }
  return 0
}
