import { ExitError } from '../errors.js'
import type { FUNCTIONS } from './functions.js'
import type { Template, TemplateData } from './index.js'
import { type Node, type Operand, type Pipe, parse, type Templates } from './parse.js'
import { type RunOptions, runTemplate } from './run.js'
import { goValue } from './values.js'

/** Parses a template of any kind, for the interpreter. */
export function interpretedTemplate(template: string, name: string): Template {
  const templates = readable(template, name)
  const named: Named = { fields: [], labels: [] }
  collect(templates.named.get(name) ?? [], named)
  const render = ({ fields, labels = {} }: TemplateData, more: RunOptions = {}) =>
    runTemplate(templates, goValue(fields), { labels, missing, ...more })
  return {
    ...named,
    render: (data) => render(data),
    header: (data) => render(data, { functions: HEADER_FUNCTIONS }),
    apply: (value, options = {}) => runTemplate(templates, value, options),
  }
}

function readable(template: string, name: string): Templates {
  try {
    return parse(template, name)
  } catch (cause) {
    throw new ExitError(`failed to parse template: ${(cause as Error).message}`, undefined, cause)
  }
}

function missing(path: string, fields: readonly string[]): ExitError {
  return new ExitError(
    `failed to execute template: there is no field .${path}; the fields are ${fields.join(', ')}`,
  )
}

const same: (typeof FUNCTIONS)[string] = { parameters: ['any'], more: 'any', call: ([text]) => text }
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
    if (!('pipe' in node) || node.pipe === undefined) continue
    collectPipe(node.pipe, named)
    if (node.kind === 'action' || node.kind === 'template') continue
    if (node.kind === 'if') collect(node.body, named)
    collect(node.otherwise ?? [], named)
  }
}

function collectPipe({ commands }: Pipe, named: Named): void {
  for (const { args } of commands) {
    if (args[0]?.text === '.Label') named.labels.push(...literals(args.slice(1)))
    else for (const operand of args) collectOperand(operand, named)
  }
}

function collectOperand(operand: Operand, named: Named): void {
  if (operand.kind === 'pipe') collectPipe(operand.pipe, named)
  else if (operand.kind === 'chain') collectOperand(operand.from, named)
  else if (operand.kind === 'field' || (operand.kind === 'variable' && operand.name === '$')) {
    if (operand.names.length > 0) named.fields.push(operand.names.join('.'))
  }
}

function literals(operands: readonly Operand[]): string[] {
  return operands.flatMap((operand) => (operand.kind === 'string' ? [operand.value] : []))
}
