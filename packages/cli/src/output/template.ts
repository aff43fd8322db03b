import { ExitError } from '../errors.js'
import { goJson } from './words.js'

/** What a template may name: fields, and under `Label` a function of a label's name. */
export interface TemplateData {
  readonly fields: Readonly<Record<string, unknown>>
  readonly labels?: Readonly<Record<string, string>>
}

type Part = (data: TemplateData) => string

export interface Template {
  render(data: TemplateData): string
  /** What it names: these become the headers of `table …`. */
  readonly fields: readonly string[]
  readonly labels: readonly string[]
}

const ACTION = /\{\{-?\s*((?:[^}"]|"[^"]*")*?)\s*-?\}\}/g
const FIELD = /^(json\s+)?((?:\.[A-Za-z]\w*)+|\.)$/
const LABEL = /^\.Label\s+"([^"]*)"$/

/**
 * The part of Go's templates that people type: fields (`{{.Names}}`), `{{json .}}`, `{{json .Names}}` and
 * `{{.Label "x"}}`. Everything else is refused rather than printed wrong.
 */
export function parseTemplate(template: string): Template {
  const source = template.replace(/\\t/g, '\t').replace(/\\n/g, '\n')
  const parts: Part[] = []
  const named: Named = { fields: [], labels: [] }
  let end = 0
  for (const match of source.matchAll(ACTION)) {
    parts.push(literal(source.slice(end, match.index)), action(match[1] ?? '', named))
    end = match.index + match[0].length
  }
  parts.push(literal(source.slice(end)))
  return { ...named, render: (data) => parts.map((part) => part(data)).join('') }
}

function literal(text: string): Part {
  if (text.includes('{{'))
    throw new ExitError(`failed to parse template: unclosed action in '${text.trim()}'`)
  return () => text
}

interface Named {
  readonly fields: string[]
  readonly labels: string[]
}

function action(code: string, { fields, labels: names }: Named): Part {
  const label = LABEL.exec(code)?.[1]
  if (label !== undefined) {
    names.push(label)
    return ({ labels }) => labels?.[label] ?? ''
  }
  const [, json, path] = FIELD.exec(code) ?? []
  if (path === undefined) {
    throw new ExitError(
      `failed to parse template: {{${code}}} is not supported, only {{.Field}} and {{json .Field}}`,
    )
  }
  if (path !== '.') fields.push(path.slice(1))
  return (data) => {
    const value = valueAt(data.fields, path)
    return json === undefined ? plain(value) : goJson(value)
  }
}

function valueAt(fields: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = fields
  for (const name of path.split('.').filter((part) => part !== '')) {
    const known = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
    if (!Object.hasOwn(known, name)) {
      const names = Object.keys(known).join(', ')
      throw new ExitError(`failed to execute template: there is no field ${path}; the fields are ${names}`)
    }
    value = known[name]
  }
  return value
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? goJson(value) : String(value)
}
