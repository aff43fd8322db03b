import { interpretedTemplate } from './interpreted.js'
import { PlainTemplate } from './plain.js'
import type { RunOptions } from './run.js'
import type { MaybeValue } from './values.js'

/** What a template may name: fields, and under `Label` a function of a label's name. */
export interface TemplateData {
  readonly fields: Readonly<Record<string, unknown>>
  readonly labels?: Readonly<Record<string, string>>
}

export interface Template {
  /** Throws ExitError for a name that is not one of the fields. */
  render(data: TemplateData): string
  /** The same for the line above a table, where functions such as `json` leave the words as they are. */
  header(data: TemplateData): string
  /** Of a value of Go. Throws TemplateRunError. */
  apply(value: MaybeValue, options?: Pick<RunOptions, 'strict'>): string
  /** What it names: these become the headers of `table …`. */
  readonly fields: readonly string[]
  readonly labels: readonly string[]
}

/**
 * Parses a Go template, with docker's functions. Messages show the name. Where a plain template is enough, the interpreter is
 * not even loaded: it is a third of what a list would load.
 */
export function parseTemplate(template: string, name = ''): Template {
  const plain = PlainTemplate.of(template)
  if (plain === undefined) return interpretedTemplate(template, name)
  let known: Template | undefined
  const interpreted = () => (known ??= interpretedTemplate(template, name))
  return {
    fields: plain.fields,
    labels: [],
    render: (data) => plain.render(data.fields) ?? interpreted().render(data),
    header: (data) => plain.render(data.fields) ?? interpreted().header(data),
    apply: (value, options) => interpreted().apply(value, options),
  }
}

/** Without an Engine, the connection is the error, and not the fields of the template that only an Engine has. */
export function whatCanBeShown(show: () => string): string {
  try {
    return show()
  } catch {
    return ''
  }
}
