import { EXIT, ExitError } from '../errors.js'
import { parseTemplate, type Template } from '../template/index.js'
import { Value } from '../template/values.js'

/** docker's code for a template that cannot be used. */
export const BAD_TEMPLATE = 64

/** Reads the template of `inspect`, `info` and `version`. `json` is short for all there is, with the fields of Go's types. */
export function readTemplate(format: string, name = ''): Template {
  try {
    return parseTemplate(format === 'json' ? '{{json .}}' : format, name)
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^failed to parse template: /, '')
    throw new ExitError(`template parsing error: ${reason}`, BAD_TEMPLATE, cause)
  }
}

/** Prints an object by a template, as the type of Go that docker reads it into. */
export async function printerOf(template: Template, type: string): Promise<(data: unknown) => string> {
  const { goType } = await import('../template/engine-types.js')
  const known = goType(type)
  return (data) => {
    try {
      return template.apply(new Value(known, data))
    } catch (cause) {
      throw new ExitError((cause as Error).message, EXIT.failure, cause)
    }
  }
}
