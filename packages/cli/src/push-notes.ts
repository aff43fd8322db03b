import type { Cli } from './cli.js'
import type { EngineMessage } from './progress/index.js'

/** Indents each line after the first, below ` Info -> `. */
const INDENT = ' '.repeat(9)

const MISSING = `You're trying to push a manifest list/index which${' '}
\t\t\t\treferences multiple platform specific manifests, but not all of them are available locally
\t\t\t\tor available to the remote repository.

\t\t\t\tMake sure you have all the referenced content and try again.

\t\t\t\tYou can also push only a single platform specific manifest directly by specifying the platform you want to push with the --platform flag.`

interface PushAux {
  readonly manifestPushedInsteadOfIndex?: boolean
  readonly originalIndex?: { readonly digest?: string }
  readonly selectedManifest?: { readonly digest?: string }
  readonly contentMissing?: boolean
}

/** Collects the remarks of an Engine on a push, and prints them in docker's words: less was pushed than the name stands for. */
export class PushNotes {
  readonly #notes: string[] = []

  take({ aux }: EngineMessage): void {
    if (typeof aux !== 'object' || aux === null) return
    const { manifestPushedInsteadOfIndex, originalIndex, selectedManifest, contentMissing }: PushAux = aux
    if (manifestPushedInsteadOfIndex)
      this.#notes.push(
        'Not all multiplatform-content is present and only the available single-platform image was pushed\n' +
          `${originalIndex?.digest ?? ''} -> ${selectedManifest?.digest ?? ''}`,
      )
    if (contentMissing) this.#notes.push(MISSING)
  }

  print(cli: Cli): void {
    for (const note of this.#notes) cli.line(`\n Info -> ${note.replaceAll('\n', `\n${INDENT}`)}`)
  }
}
