import type { Cli } from '../cli.js'
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
