import type { Cli } from '../cli.js'
import { EXIT, explain } from '../errors.js'

export interface Named {
  readonly names: readonly string[]
  /** The code of an error that is told, and does not change the exit code. */
  readonly tolerate?: string | undefined
}

/** All at once, told in the order they were named: the name of what worked, the reason for what did not. */
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
