import { text } from './flag.js'

export const formatFlag = text(
  [
    'Format output using a custom template:',
    "'table':            Print output in table format with column headers (default)",
    "'table TEMPLATE':   Print output in table format using the given template",
    "'json':             Print in JSON format",
    "'TEMPLATE':         Print output using the given template: {{.Field}} and {{json .Field}}",
  ].join('\n'),
)
