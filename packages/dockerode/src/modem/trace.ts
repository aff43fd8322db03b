import type { SolveStatus } from 'dockline'
import { decodeBuildTrace } from 'dockline/syntax'

const DIGEST_CHARACTERS = 12

/** The lines that stand for a message of BuildKit, as dockerode words them. What cannot be read has none. */
export function traceLines(aux: string): string[] {
  try {
    return linesOf(decodeBuildTrace(aux))
  } catch {
    return []
  }
}

function linesOf({ vertexes, statuses, logs, warnings }: SolveStatus): string[] {
  return [
    ...vertexes.flatMap(stepLines),
    ...logs.flatMap(({ data }) => logLine(data.toString())),
    ...statuses.flatMap(progressLine),
    ...warnings.map(({ short }) => `WARNING: ${short}`),
  ]
}

function stepLines({
  digest,
  name,
  started,
  completed,
  cached,
  error,
}: SolveStatus['vertexes'][number]): string[] {
  return [
    ...(name && started && !completed ? [`[${digest.slice(0, DIGEST_CHARACTERS)}] ${name}`] : []),
    ...(error ? [`ERROR: ${error}`] : []),
    ...(completed && cached ? [`CACHED: ${name}`] : []),
  ]
}

function logLine(text: string): string[] {
  return text.trim() === '' ? [] : [text.trimEnd()]
}

function progressLine({ name, current, total }: SolveStatus['statuses'][number]): string[] {
  if (!name || total <= 0) return []
  return [`${name}: ${Math.floor((current / total) * 100)}% (${current}/${total})`]
}
