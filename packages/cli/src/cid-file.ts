import { stat } from 'node:fs/promises'
import { EXIT, ExitError } from './errors.js'

export interface Refusal {
  /** Before the message, as run has it. */
  readonly prefix?: string
  readonly exitCode?: number
}

/** A file that is there has the id of another container, which somebody still wants to know. */
export async function refuseUsedFile(
  file: string | undefined,
  { prefix = '', exitCode = EXIT.failure }: Refusal = {},
): Promise<void> {
  if (file === undefined) return
  const exists = await stat(file).then(
    () => true,
    () => false,
  )
  if (!exists) return
  const advice = `make sure the other container isn't running or delete ${file}`
  throw new ExitError(`${prefix}container ID file found, ${advice}`, exitCode)
}
