import type { Container } from '#src/index.js'
import type { TestEngine } from './engines.js'
import type { Plan, PlanOptions } from './terminal-program.js'

/** The program attaches to a container, and starts it if need be. */
export function starting(
  { host }: Pick<TestEngine, 'host'>,
  { id }: Container,
  options: PlanOptions = {},
): Plan {
  return { host, call: 'start', id, options }
}

/** The program runs a command in a container. */
export function executing(
  { host }: Pick<TestEngine, 'host'>,
  { id }: Container,
  command: readonly string[],
  options: PlanOptions = {},
): Plan {
  return { host, call: 'execCommand', id, command, options }
}

/** The program starts an exec that was made before. */
export function startingExec(
  { host }: Pick<TestEngine, 'host'>,
  id: string,
  options: PlanOptions = {},
): Plan {
  return { host, call: 'startExec', id, options }
}
