import type { BuildLocation, BuildWarning } from '../errors.js'
import type { SourceRange, VertexWarning } from './status.js'

/** A Dockerfile, and lines of it that something is said about. */
export interface Source {
  readonly filename: string
  readonly data: Buffer
  readonly ranges: readonly SourceRange[]
}

/** Where that is; undefined where it is nowhere in particular. */
export function locationOf({ filename, data, ranges }: Source): BuildLocation | undefined {
  const lines = ranges.flatMap(({ start, end }) => [start.line, end.line]).filter((line) => line > 0)
  if (lines.length === 0) return undefined
  const [line, endLine] = [Math.min(...lines), Math.max(...lines)]
  return { file: filename, line, endLine, excerpt: excerptOf(data.toString(), { line, endLine, ranges }) }
}

interface Marked {
  readonly line: number
  readonly endLine: number
  readonly ranges: readonly SourceRange[]
}

/** Lines around a single one, and around several. */
const [AROUND_ONE, AROUND_MANY] = [2, 1]

/** As docker shows it: `   2 | >>> RUN false`. To docker, an empty line follows the last line break. */
function excerptOf(text: string, { line, endLine, ranges }: Marked): string {
  const lines = text.split(/\r?\n/)
  const around = line === endLine ? AROUND_ONE : AROUND_MANY
  const [first, last] = [Math.max(line - around, 1), Math.min(endLine + around, lines.length)]
  const shown: string[] = []
  for (let at = first; at <= last; at++) {
    const isMarked = ranges.some(({ start, end }) => at >= start.line && at <= Math.max(end.line, start.line))
    shown.push(` ${String(at).padStart(3)} | ${isMarked ? '>>>' : '   '} ${lines[at - 1] ?? ''}`)
  }
  return shown.join('\n')
}

export function warningOf({ vertex, short, detail, url, sourceInfo, range }: VertexWarning): BuildWarning {
  const location = sourceInfo === undefined ? undefined : locationOf({ ...sourceInfo, ranges: range })
  const [, rule] = /^([A-Z]\w+): /.exec(short) ?? []
  return { step: vertex, text: short, rule, detail, url, location }
}
