import { decodeBuildTrace } from 'dockline/syntax'
import type { SolveStatus } from 'dockline/types'

const DIGEST_CHARACTERS = 12

/** Words a message of BuildKit in lines, as dockerode does. A message that cannot be read has none. */
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
    ...logs.map(({ data }) => data.toString().trimEnd()).filter((text) => text !== ''),
    ...statuses.filter(({ name, total }) => name && total > 0).map(progressLine),
    ...warnings.map(({ short }) => `WARNING: ${short}`),
  ]
}

function stepLines(step: SolveStatus['vertexes'][number]): string[] {
  const { digest, name, started, completed, cached, error } = step
  return [
    ...(name && started && !completed ? [`[${digest.slice(0, DIGEST_CHARACTERS)}] ${name}`] : []),
    ...(error ? [`ERROR: ${error}`] : []),
    ...(completed && cached ? [`CACHED: ${name}`] : []),
  ]
}

function progressLine({ name, current, total }: SolveStatus['statuses'][number]): string {
  return `${name}: ${Math.floor((current / total) * 100)}% (${current}/${total})`
}
