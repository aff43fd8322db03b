import { path } from 'dockline/api'
import { toTimestamp } from 'dockline/syntax'
import { defineCommand } from '../command.js'
import { EXIT, ExitError } from '../errors.js'
import { filterFlag, filtersOf } from '../flags/filter.js'
import { text } from '../flags/flag.js'
import { objectFormatFlag } from '../flags/format.js'
import { asObject, parseLossless } from '../go/lossless-json.js'
import { eventLine, withOldNames } from '../output/event-line.js'
import { BAD_TEMPLATE } from '../output/object-format.js'
import { parseTemplate } from '../template/index.js'
import { Value } from '../template/values.js'

const flags = {
  filter: filterFlag,
  format: objectFormatFlag('{{.Type}} {{.Action}}'),
  since: text('Show all events created since timestamp'),
  until: text('Stream events until this timestamp'),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { filter, format, since, until } }) {
    const show = await formatter(format)
    const query = { since: moment(since), until: moment(until), filters: filtersOf(filter) }
    const { api } = await cli.client()
    // Not as the library reads events: a time in nanoseconds is more than a number of JavaScript holds.
    const events = api.http.lines({ method: 'GET', path: path`/events`, query }, { parse: parseLossless })
    for await (const event of events) await cli.lineInTurn(show(objectOf(event)))
  },
})

function objectOf(event: unknown): ReadonlyMap<string, unknown> {
  try {
    return asObject(event)
  } catch (cause) {
    throw new ExitError(`GET /events answered with ${(cause as Error).message}`, EXIT.failure, cause)
  }
}

/** docker's words for what is no time. */
function moment(given = ''): string | undefined {
  try {
    return toTimestamp('it', given || undefined)
  } catch (cause) {
    const told = `failed to parse value as time or duration: ${JSON.stringify(given)}`
    throw new ExitError(told, EXIT.failure, cause)
  }
}

async function formatter(format = ''): Promise<(event: unknown) => string> {
  if (format === '') return eventLine
  const [source, fitted] = format === 'json' ? ['{{json .}}', asItIs] : [format, withOldNames]
  const template = refusing(() => parseTemplate(source))
  const { goType } = await import('../template/engine-types.js')
  const type = goType('*events.Message')
  const show = (event: unknown) => refusing(() => template.apply(new Value(type, fitted(event))))
  // A wrong format is reported before the command waits for an event.
  show(new Map())
  return show
}

function asItIs(event: unknown): unknown {
  return event
}

function refusing<T>(act: () => T): T {
  try {
    return act()
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^failed to (parse|execute) template: /, '')
    throw new ExitError(`Error parsing format: ${reason}`, BAD_TEMPLATE, cause)
  }
}
