import type { BuildInfo } from '../../../api/index.js'
import { KeptLog } from '../../../buildkit/kept-log.js'
import { BuildError } from '../../../errors.js'

/** What a build has said so far. */
export class BuildLog {
  readonly #said = new KeptLog()
  #step: string | undefined
  #aux: string | undefined

  get text(): string {
    return this.#said.text
  }

  add({ stream, aux }: BuildInfo): void {
    // BuildKit sends a string there.
    if (typeof aux?.ID === 'string') this.#aux = aux.ID
    if (stream === undefined) return
    this.#said.add(stream)
    const [, number, instruction] = /^step (\d+\/\d+) ?: (.*)\n?$/i.exec(stream) ?? []
    if (number !== undefined) this.#step = `${number} : ${instruction}`
  }

  failure(explanation: string, exitCode: number | undefined): BuildError {
    return new BuildError(
      { explanation, log: this.text, step: this.#step, exitCode: exitCode ?? exitCodeIn(explanation) },
      { hint: adviceOn(explanation) },
    )
  }

  /** The id of a squashed image is not the one reported before, and output of RUN may look like the last line. */
  imageId(): string {
    const [, built] = [...this.text.matchAll(/^Successfully built ([\da-f]+)$/gm)].at(-1) ?? []
    const complete = this.#aux?.replace(/^[^:]+:/, '').startsWith(built ?? '') ? this.#aux : undefined
    const id = complete ?? built
    if (id === undefined) throw new BuildError({ explanation: 'it ended without an image', log: this.text })
    return id
  }
}

/** Podman has the exit code only in the text. */
function exitCodeIn(explanation: string): number | undefined {
  const [, status] = /while running runtime: exit status (\d+)\s*$/.exec(explanation) ?? []
  return status === undefined ? undefined : Number(status)
}

const UNAUTHORIZED = /(^|[\s:])unauthorized(:|$)|no basic auth credentials|authentication required/i

function adviceOn(explanation: string): string | undefined {
  if (UNAUTHORIZED.test(explanation))
    return 'a registry answered 401: does it need auths, and are they right?'
  const isNew = /requires? BuildKit|unknown flag/i.test(explanation)
  return isNew ? 'builds run on the classic builder, which knows less than BuildKit' : undefined
}
