import type { Cli } from './cli.js'
import { EXIT, ExitError, explain } from './errors.js'
import { text } from './flags/flag.js'
import { parseLossless } from './output/lossless-json.js'
import { parseTemplate } from './output/template.js'
import { indentedJson, plainJson } from './output/words.js'

export const inspectFormatFlag = text(
  [
    'Format output using a custom template:',
    "'json':             Print in JSON format",
    "'TEMPLATE':         Print output using the given Go template, as in {{.Name}}",
  ].join('\n'),
  { short: 'f' },
)

/** docker's code for a template that cannot be read. */
const BAD_TEMPLATE = 64

export interface Inspection {
  readonly cli: Cli
  readonly names: readonly string[]
  readonly format: string | undefined
  /** What the Engine says of one of them, as the text of its JSON. */
  readonly look: (name: string) => Promise<string>
}

/** The output of every `inspect`: what is found is shown, and what is not is told behind it. Resolves with the exit code. */
export async function inspectEach({ cli, names, format = '', look }: Inspection): Promise<number> {
  const show = formatter(format)
  const shown: string[] = []
  const failures: unknown[] = []
  for (const name of names) {
    try {
      shown.push(show.one(told(name, await look(name))))
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
    return parseLossless(answer)
  } catch (cause) {
    const reason = (cause as Error).message
    throw new ExitError(`cannot read what the Engine answered for ${name}: ${reason}`, EXIT.failure, cause)
  }
}

interface Formatter {
  one(value: unknown): string
  all(shown: readonly string[]): string
}

function formatter(format: string): Formatter {
  if (format === '') {
    return {
      one: (value) => indentedJson(value).replace(/^/gm, '    '),
      all: (shown) => (shown.length === 0 ? '[]\n' : `[\n${shown.join(',\n')}\n]\n`),
    }
  }
  if (format === 'json') return { one: plainJson, all: (shown) => `[${shown.join(',')}]\n` }
  const template = readable(format)
  return {
    one: (value) => parsing(() => template.apply(value)),
    all: (shown) => (shown.length === 0 ? '\n' : shown.map((each) => `${each}\n`).join('')),
  }
}

function readable(format: string) {
  try {
    return parseTemplate(format)
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^failed to parse template: /, '')
    throw new ExitError(`template parsing error: ${reason}`, BAD_TEMPLATE, cause)
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
