import { type Flag, type FlagSettings, text } from './flag.js'

export const formatFlag = text(
  [
    'Format output using a custom template:',
    "'table':            Print output in table format with column headers (default)",
    "'table TEMPLATE':   Print output in table format using the given template",
    "'json':             Print in JSON format",
    "'TEMPLATE':         Print output using the given template: {{.Field}} and {{json .Field}}",
  ].join('\n'),
)

/** The format of what is not a list. `example` is a template that fits. */
export function objectFormatFlag(
  example: string,
  settings: FlagSettings<string> = {},
): Flag<string | undefined> {
  const help = [
    'Format output using a custom template:',
    "'json':             Print in JSON format",
    `'TEMPLATE':         Print output using the given Go template, as in ${example}`,
  ]
  return text(help.join('\n'), settings)
}
