import { ExitError } from '../errors.js'
import type { FUNCTIONS } from './template/functions.js'
import { type Node, type Operand, type Pipe, parse } from './template/parse.js'
import { type RunOptions, runTemplate } from './template/run.js'
import { goJson, plainJson } from './words.js'

/** What a template may name: fields, and under `Label` a function of a label's name. */
export interface TemplateData {
  readonly fields: Readonly<Record<string, unknown>>
  readonly labels?: Readonly<Record<string, string>>
}

export interface Template {
  /** Throws ExitError when a name is none of the fields. */
  render(data: TemplateData): string
  /** The same for the line above a table, where functions such as `json` leave the words as they are. */
  header(data: TemplateData): string
  /** Of whatever shape; `defaults` are fields that need not be there. Throws TemplateRunError. */
  apply(value: unknown, defaults?: Readonly<Record<string, unknown>>): string
  /** What it names: these become the headers of `table …`. */
  readonly fields: readonly string[]
  readonly labels: readonly string[]
}

/** Go's templates, with docker's functions; without templates inside templates. */
export function parseTemplate(template: string): Template {
  const nodes = readable(template)
  const named: Named = { fields: [], labels: [] }
  collect(nodes, named)
  const render = ({ fields, labels = {} }: TemplateData, more: RunOptions = {}) =>
    runTemplate(nodes, fields, { labels, missing, functions: { json: jsonOf(fields) }, ...more })
  return {
    ...named,
    render: (data) => render(data),
    header: (data) => render(data, { functions: HEADER_FUNCTIONS }),
    apply: (value, defaults = {}) => runTemplate(nodes, value, { defaults }),
  }
}

/** Where there is no Engine, that is what is wrong, and not that the template names what only an Engine has. */
export function whatCanBeShown(show: () => string): string {
  try {
    return show()
  } catch {
    return ''
  }
}

function readable(template: string): readonly Node[] {
  try {
    return parse(template)
  } catch (cause) {
    throw new ExitError(`failed to parse template: ${(cause as Error).message}`, undefined, cause)
  }
}

function missing(path: string, fields: readonly string[]): ExitError {
  return new ExitError(
    `failed to execute template: there is no field .${path}; the fields are ${fields.join(', ')}`,
  )
}

/** A whole line is escaped as docker's are, its parts are not. */
function jsonOf(whole: unknown): (value: unknown) => string {
  return (value) => (value === whole ? goJson(value) : plainJson(value))
}

const same = (text: unknown) => text
const HEADER_FUNCTIONS: typeof FUNCTIONS = {
  ...{ json: same, lower: same, title: same, upper: same, truncate: same },
  join: same,
  split: same,
}

interface Named {
  readonly fields: string[]
  readonly labels: string[]
}

/** The fields of the whole; inside of range and with, a dot is something else. */
function collect(nodes: readonly Node[], named: Named): void {
  for (const node of nodes) {
    if (!('pipe' in node)) continue
    collectPipe(node.pipe, named)
    if (node.kind === 'action') continue
    if (node.kind === 'if') collect(node.body, named)
    collect(node.otherwise, named)
  }
}

function collectPipe({ commands }: Pipe, named: Named): void {
  for (const command of commands) {
    if (command[0]?.text === '.Label') named.labels.push(...literals(command.slice(1)))
    else for (const operand of command) collectOperand(operand, named)
  }
}

function collectOperand(operand: Operand, named: Named): void {
  if (operand.kind !== 'path') return
  const { from, names } = operand
  const ofRoot = from.kind === 'dot' || (from.kind === 'variable' && from.name === '$')
  if (from.kind === 'pipe') collectPipe(from.pipe, named)
  else if (names.length > 0 && ofRoot) named.fields.push(names.join('.'))
}

function literals(operands: readonly Operand[]): string[] {
  return operands.flatMap((operand) => (operand.kind === 'value' ? [String(operand.value)] : []))
}
