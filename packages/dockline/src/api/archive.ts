import type { IncomingHttpHeaders } from 'node:http'
import { ProtocolError } from '../errors.js'
import type { StreamAnswer } from '../http/index.js'

/** What a path in a container is. */
export interface ArchiveStat {
  readonly name: string
  readonly size: number
  /** As Go's `os.FileMode`: permissions in the low 9 bits, 0x80000000 for a folder, 0x08000000 for a link. */
  readonly mode: number
  readonly mtime: string
  /** Where a symbolic link leads, resolved inside the container; '' for everything else. */
  readonly linkTarget: string
}

/** A tar of a path in a container, and what the path is. */
export interface ArchiveAnswer extends StreamAnswer {
  readonly stat: ArchiveStat
}

/** The header `X-Docker-Container-Path-Stat`: JSON in base64. */
export function archiveStat(headers: IncomingHttpHeaders): ArchiveStat {
  const value = headers['x-docker-container-path-stat']
  const stat = parse(String(value ?? ''))
  if (typeof stat?.name === 'string' && typeof stat.mode === 'number') return stat as unknown as ArchiveStat
  throw new ProtocolError(`the Engine did not tell what the path is: ${value ?? 'no header'}`)
}

function parse(header: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8')) ?? undefined
  } catch {
    return undefined
  }
}
