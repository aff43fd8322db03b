import type { SolveStatus } from 'dockline/types'

/** A report of BuildKit as one line of JSON, by the names that docker has for its parts. What is empty is left out. */
export function rawJson({ vertexes, statuses, logs, warnings }: SolveStatus): string {
  const report = {
    vertexes: vertexes.map(({ digest, inputs, name, started, completed, cached, error, progressGroup }) =>
      filled({
        digest,
        inputs,
        name,
        started,
        completed,
        cached,
        error,
        progressGroup: group(progressGroup),
      }),
    ),
    statuses: statuses.map(({ id, vertex, name, total, current, timestamp, started, completed }) => ({
      ...{ id, vertex },
      ...filled({ name, total }),
      current,
      ...filled({ timestamp, started, completed }),
    })),
    logs: logs.map(({ vertex, stream, data, timestamp }) =>
      filled({ vertex, stream, data: data.toString('base64'), timestamp }),
    ),
    warnings: warnings.map(({ vertex, level, short, detail, url, sourceInfo, range }) =>
      filled({
        ...{ vertex, level, short: base64(short), detail: detail.map(base64), url },
        sourceInfo: sourceInfo && {
          filename: sourceInfo.filename,
          data: sourceInfo.data.toString('base64'),
          language: sourceInfo.language,
        },
        range,
      }),
    ),
  }
  return `${JSON.stringify(filled(report))}\n`
}

function group(of: SolveStatus['vertexes'][number]['progressGroup']) {
  return of && filled({ ...of })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function filled(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === undefined || value === '' || value === 0 || value === false
}
