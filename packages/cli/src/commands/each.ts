import type { Container } from 'dockline'
import type { Cli } from '../cli.js'
import { type Command, defineCommand } from '../command.js'
import { EXIT, explain } from '../errors.js'

export interface Named {
  readonly names: readonly string[]
  /** The code of an error that is printed, and does not change the exit code. */
  readonly tolerate?: string | undefined
}

/** Acts on all at once, and prints in the order of the names: the name after success, the reason after a failure. */
export async function forEach(
  cli: Cli,
  { names, tolerate }: Named,
  act: (name: string) => Promise<void>,
): Promise<number> {
  const results = await Promise.allSettled(names.map(act))
  let exitCode = 0
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') cli.line(names[index] ?? '')
    else {
      cli.complain(explain(result.reason))
      if (tolerate === undefined || result.reason?.code !== tolerate) exitCode = EXIT.failure
    }
  }
  return exitCode
}

/** Defines a command that does one thing to each container that it names. */
export function defineForContainers(act: (container: Container) => Promise<void>): Command {
  return defineCommand({
    usage: 'CONTAINER [CONTAINER...]',
    flags: {},
    operands: { min: 1, max: Number.POSITIVE_INFINITY },
    run: ({ cli, operands }) =>
      forEach(cli, { names: operands }, async (name) => act(await cli.container(name))),
  })
}
