import { finished, type Readable } from 'node:stream'
import { onAbort } from '../../../support/abort.js'
import type { Session, SessionExit } from '../session.js'

/** The other side of a bridge, in any protocol. From its creation on it misses nothing that its peer sends. */
export interface Peer {
  /** Resolves when the peer has left, and rejects when it had to be turned away. */
  readonly left: Promise<void>
  /** Connects the two. Resolves when the output has ended and all of it was handed over. */
  show(session: Session): Promise<void>
  /** The last word to the peer. */
  finish(exit: SessionExit): void
  /** The last message when the session has no exit. */
  abandon(why: Abandonment): void
  /** Removes every listener and timer. Later errors of the peer are ignored. */
  release(): void
}

/** Why a peer is left alone: somebody here wanted it, or the session broke. */
export type Abandonment = 'aborted' | 'failed'

/** What a session writes. Two streams that go to one place; each is empty at least. */
export function outputsOf(session: Session): readonly Readable[] {
  return [session.stdout, session.stderr]
}

/** Resolves when the last byte has been taken from each. Stops watching the outputs once the signal has aborted. */
export async function endOf(outputs: readonly Readable[], signal: AbortSignal): Promise<void> {
  await Promise.all(outputs.map((output) => endOfOne(output, signal)))
}

function endOfOne(output: Readable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = finished(output, { writable: false }, (error) => (error ? reject(error) : resolve()))
    const release = () => {
      forget()
      // A session that is kept may break while nobody reads it: `exit` and the next bridge report the error.
      output.off('error', ignore).on('error', ignore)
    }
    onAbort(signal, release)
  })
}

export function ignore(): void {}
