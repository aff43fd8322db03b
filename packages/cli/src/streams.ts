import { fstatSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'

type MaybeTerminal = { readonly isTTY?: boolean; readonly columns?: number }

/** The three streams that a command has. */
export interface StandardStreams {
  readonly stdin: Readable & MaybeTerminal
  readonly stdout: Writable & MaybeTerminal
  readonly stderr: Writable & MaybeTerminal
}

/** Those of this process. stdin is opened when it is first read: that takes a while, and few commands read. */
export function processStreams(): StandardStreams {
  return {
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: errorStream(),
  }
}

/**
 * Where complaints go. After `2>&1` that is stdout itself: a pipe or socket with a slow reader has a queue for each of the
 * two streams, and what waits in one would be overtaken by the other.
 */
export function errorStream(): NodeJS.WriteStream {
  return isOneFile(1, 2) ? process.stdout : process.stderr
}

function isOneFile(a: number, b: number): boolean {
  try {
    const [one, other] = [fstatSync(a, { bigint: true }), fstatSync(b, { bigint: true })]
    // Windows does not number its pipes, and there no output waits in a queue.
    return one.ino !== 0n && one.dev === other.dev && one.ino === other.ino
  } catch {
    return false
  }
}
