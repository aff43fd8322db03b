import { ExitError } from '../errors.js'
import { goJson } from '../go/json.js'
import { parseTemplate, type Template, type TemplateData } from '../template/index.js'
import { formatTable } from './table.js'

/** One line of a list, and what its columns are called. */
export interface ListLayout {
  /** The columns of the plain table: each a field, or a template of its own. */
  readonly columns: readonly string[]
  /** The field that `--quiet` prints. */
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  /** The templates of `--format raw`, where docker has it: for all that is known, and for the id alone. */
  readonly raw?: { readonly item: string; readonly id?: string }
}

export interface ListOptions {
  readonly format: string | undefined
  readonly quiet: boolean
}

/** The whole output of `ps` and `images`: docker's table, its JSON lines, or what a template says. */
export function formatList(items: readonly TemplateData[], layout: ListLayout, options: ListOptions): string {
  const { quiet } = options
  const format = options.format || 'table'
  if (quiet && format === 'table') return lines(items, (item) => String(item.fields[layout.id]))
  if (format === 'json') return lines(items, (item) => goJson(item.fields))
  if (format === 'table') return tableOf(items, columnsTemplate(layout), layout)
  if (format.startsWith('table')) return tableOf(items, format.slice('table'.length), layout)
  const template = known(format === 'raw' ? rawOf(layout, quiet) : format, layout)
  return lines(items, (item) => template.render(item))
}

/** What is given goes first; a format of config.json is for people, and `--quiet` for programs. */
export function formatOr(configured: string | undefined, { format, quiet }: ListOptions): string | undefined {
  return format || (quiet ? undefined : configured)
}

/** Where docker does not have it, 'raw' is a template like any other. */
function rawOf({ raw }: ListLayout, quiet: boolean): string {
  return (quiet ? raw?.id : raw?.item) ?? 'raw'
}

/** Whether the format asks for a field that the Engine computes only on request. */
export function namesField(format: string | undefined, field: string): boolean {
  return (
    format !== undefined && new RegExp(`\\{\\{[^}]*\\.${field}\\b|\\{\\{\\s*json \\.\\s*\\}\\}`).test(format)
  )
}

function columnsTemplate({ columns }: ListLayout): string {
  return columns.map((column) => (column.includes('{{') ? column : `{{.${column}}}`)).join('\t')
}

function lines(items: readonly TemplateData[], show: (item: TemplateData) => string): string {
  return items.map((item) => `${show(item)}\n`).join('')
}

function tableOf(items: readonly TemplateData[], text: string, layout: ListLayout): string {
  const template = known(text, layout)
  const labels = Object.fromEntries(template.labels.map((label) => [label, labelHeader(label)]))
  const header = template.header({ fields: layout.headers, labels })
  return formatTable([header, ...items.map((item) => template.render(item))].join('\n'))
}

/** A misspelled field is reported also when the list is empty. */
function known(text: string, { headers }: ListLayout): Template {
  const template = parseTemplate(unescaped(text))
  const unknown = template.fields.find((field) => !Object.hasOwn(headers, field.split('.')[0] ?? ''))
  if (unknown === undefined) return template
  const names = Object.keys(headers).join(', ')
  throw new ExitError(`failed to execute template: there is no field .${unknown}; the fields are ${names}`)
}

/** As docker reads the template of a list: a shell passes `\t` on as it is. */
export function unescaped(text: string): string {
  return text
    .replace(/^ +|(?<! ) +$/g, '')
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n')
}

/** docker heads `.Label "com.example.build-time"` as 'build time'. */
function labelHeader(name: string): string {
  return name.split('.').at(-1)?.replace(/[-_]/g, ' ') ?? name
}
