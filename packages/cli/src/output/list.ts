import { ExitError } from '../errors.js'
import { formatTable } from './table.js'
import { parseTemplate, type Template, type TemplateData } from './template.js'
import { goJson } from './words.js'

/** One line of a list, and what its columns are called. */
export interface ListLayout {
  /** The template of the plain table, of one field for each column. */
  readonly table: string
  /** The field that `--quiet` prints. */
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
}

export interface ListOptions {
  readonly format: string | undefined
  readonly quiet: boolean
}

/** The whole output of `ps` and `images`: docker's table, its JSON lines, or what a template says. */
export function formatList(items: readonly TemplateData[], layout: ListLayout, options: ListOptions): string {
  const { format = 'table', quiet } = options
  if (quiet && (format === 'table' || format === ''))
    return lines(items, (item) => String(item.fields[layout.id]))
  if (format === 'json') return lines(items, (item) => goJson(item.fields))
  if (format === 'table' || format === '') return tableOf(items, layout.table, layout)
  if (/^table\s/.test(format)) return tableOf(items, format.slice('table'.length).trim(), layout)
  const template = known(format, layout)
  return lines(items, (item) => template.render(item))
}

/** Whether the format asks for a field that the Engine computes only when it is told to. */
export function namesField(format: string | undefined, field: string): boolean {
  return (
    format !== undefined &&
    (format === 'json' || new RegExp(`\\{\\{[^}]*\\.${field}\\b|\\{\\{\\s*json \\.\\s*\\}\\}`).test(format))
  )
}

function lines(items: readonly TemplateData[], show: (item: TemplateData) => string): string {
  return items.map((item) => `${show(item)}\n`).join('')
}

function tableOf(items: readonly TemplateData[], text: string, layout: ListLayout): string {
  const template = known(text, layout)
  const labels = Object.fromEntries(template.labels.map((label) => [label, labelHeader(label)]))
  const header = template.header({ fields: layout.headers, labels })
  return formatTable([header, ...items.map((item) => template.render(item))].map((line) => line.split('\t')))
}

/** A misspelled field is told also when there is nothing to list. */
function known(text: string, { headers }: ListLayout): Template {
  const template = parseTemplate(text.trim().replace(/\\t/g, '\t').replace(/\\n/g, '\n'))
  const unknown = template.fields.find((field) => !Object.hasOwn(headers, field.split('.')[0] ?? ''))
  if (unknown === undefined) return template
  const names = Object.keys(headers).join(', ')
  throw new ExitError(`failed to execute template: there is no field .${unknown}; the fields are ${names}`)
}

/** docker heads `.Label "com.example.build-time"` as 'build time'. */
function labelHeader(name: string): string {
  return name.split('.').at(-1)?.replace(/[-_]/g, ' ') ?? name
}
