import type { UpdateOptions } from 'dockline/types'
import { defineCommand } from '../command.js'
import { EXIT, ExitError, explain } from '../errors.js'
import { isOptionFlag, to } from '../flags/create/option.js'
import { resourceFlags } from '../flags/create/resources.js'
import { type Flags, text } from '../flags/flag.js'
import { inFlagWords } from '../flags/words.js'

const flags = {
  'blkio-weight': resourceFlags['blkio-weight'],
  'cpu-period': resourceFlags['cpu-period'],
  'cpu-quota': resourceFlags['cpu-quota'],
  'cpu-rt-period': resourceFlags['cpu-rt-period'],
  'cpu-rt-runtime': resourceFlags['cpu-rt-runtime'],
  'cpu-shares': resourceFlags['cpu-shares'],
  cpus: resourceFlags.cpus,
  'cpuset-cpus': resourceFlags['cpuset-cpus'],
  'cpuset-mems': resourceFlags['cpuset-mems'],
  'kernel-memory': { ...resourceFlags['kernel-memory'], hidden: true },
  memory: resourceFlags.memory,
  'memory-reservation': resourceFlags['memory-reservation'],
  'memory-swap': resourceFlags['memory-swap'],
  'pids-limit': resourceFlags['pids-limit'],
  restart: to(
    'restart',
    text('Restart policy to apply when a container exits'),
    (given) => given as 'always',
  ),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: values, given, operands }) {
    if (given.size === 0) throw new ExitError('you must provide one or more flags when using this command')
    const options = updateOptions(values, given)
    const warnings: string[] = []
    let result = 0
    for (const name of operands) {
      try {
        const { Warnings } = await (await cli.container(name)).update(options)
        cli.line(name)
        warnings.push(...(Warnings ?? []))
      } catch (error) {
        cli.complain(explain(inFlagWords(error, flags)))
        result = EXIT.failure
      }
    }
    for (const warning of warnings) cli.line(warning)
    return result
  },
})

/** What was not given stays as it is. */
function updateOptions(values: Readonly<Record<string, unknown>>, given: ReadonlySet<string>): UpdateOptions {
  const known: Flags = flags
  const options = Object.entries(known).map(([name, flag]) =>
    isOptionFlag(flag) && given.has(name) ? flag.toOption(values[name]) : {},
  )
  return Object.assign({}, ...options)
}
