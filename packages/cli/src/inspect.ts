import type { Cli } from './cli.js'
import { EXIT, ExitError, explain } from './errors.js'
import { objectFormatFlag } from './flags/format.js'
import { indentedJson, plainJson } from './go/json.js'
import { asObject, parseLossless } from './go/lossless-json.js'
import { readTemplate } from './output/object-format.js'
import type { Template } from './template/index.js'
import { goValue, Value } from './template/values.js'

export const inspectFormatFlag = objectFormatFlag('{{.Name}}', { short: 'f' })

export interface Inspection {
  readonly cli: Cli
  readonly names: readonly string[]
  readonly format: string | undefined
  /** What Go reads all of them into, where it is the same for all. */
  readonly type?: string
  /** What the Engine says of one of them, as the text of its JSON. */
  readonly look: (name: string) => Promise<string | Found>
}

/** An object that was found by a name, which objects of several kinds may have. */
export interface Found {
  readonly text: string
  /** What Go reads it into. */
  readonly type: string
}

/**
 * Prints the output of every `inspect`: first the objects that were found, then the errors. Resolves with the exit
 * code.
 */
export async function inspectEach({ cli, names, format = '', type = '', look }: Inspection): Promise<number> {
  const show = await formatter(format)
  const shown: string[] = []
  const failures: unknown[] = []
  for (const name of names) {
    try {
      const found = await look(name)
      const { text, type: itsType } = typeof found === 'string' ? { text: found, type } : found
      shown.push(show.one(told(name, text), itsType))
    } catch (failure) {
      failures.push(failure)
    }
  }
  cli.write(show.all(shown))
  for (const failure of failures) cli.complain(explain(failure))
  return failures.length === 0 ? 0 : EXIT.failure
}

function told(name: string, answer: string): unknown {
  try {
    const value = parseLossless(answer)
    asObject(value)
    // A null is printed as it came.
    return value
  } catch (cause) {
    const reason = (cause as Error).message
    throw new ExitError(`cannot read what the Engine answered for ${name}: ${reason}`, EXIT.failure, cause)
  }
}

interface Formatter {
  one(value: unknown, type: string): string
  all(shown: readonly string[]): string
}

async function formatter(format: string): Promise<Formatter> {
  if (format === '') {
    return {
      one: (value) => indentedJson(value).replace(/^/gm, '    '),
      all: (shown) => (shown.length === 0 ? '[]\n' : `[\n${shown.join(',\n')}\n]\n`),
    }
  }
  if (format === 'json') return { one: plainJson, all: (shown) => `[${shown.join(',')}]\n` }
  const template = readTemplate(format)
  return {
    one: await inspectionBy(template),
    all: (shown) => (shown.length === 0 ? '\n' : shown.map((each) => `${each}\n`).join('')),
  }
}

/**
 * As docker does it: a template is about what Go reads an answer into, where all fields are there, and nothing else. When
 * that fails it is about the answer as it came, and from then on a key that a map does not have is an error.
 */
export async function inspectionBy(template: Template): Promise<Formatter['one']> {
  const { goType } = await import('./template/engine-types.js')
  let strict = false
  return (value, type) => {
    try {
      return template.apply(new Value(goType(type), value), { strict })
    } catch {
      strict = true
      return parsing(() => template.apply(goValue(value, true), { strict }))
    }
  }
}

/** docker calls it that also when it is not the parsing. */
function parsing(act: () => string): string {
  try {
    return act()
  } catch (cause) {
    throw new ExitError(`template parsing error: ${(cause as Error).message}`, EXIT.failure, cause)
  }
}
