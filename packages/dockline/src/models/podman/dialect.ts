import type { ApiClient, ContainerWaitQuery } from '../../api/index.js'
import { ApiError } from '../../errors.js'

/** The ways in which a session shows the Engine that its client leaves. See `Session`. */
type Farewell = 'close' | 'end' | 'read'

/** The answers to the questions in which Docker's Engine and Podman differ. Everything else asks these, and not who answers. */
export interface Dialect {
  readonly isPodman: boolean
  /** Whether the start of an exec takes the size of its terminal, from API 1.42 on. */
  readonly takesExecSize: boolean
  /** Whether an exec's end is noted before its connection ends, so that an earlier end means lost output. */
  readonly notesExecEndInTime: boolean
  /** Whether the end of stdin ends the attached session. */
  endsSessionWithInput(container: { readonly tty: boolean; readonly stdinOnce: boolean }): boolean
  /** The wait that gives the exit code of an attached container. */
  waitCondition(wanted: WaitCondition): WaitCondition
  /** How an attached client leaves. */
  farewell(endsWithInput: boolean): Farewell
  /** Whether the answer of a wait is the exit code. */
  isExitCode(statusCode: number, condition: WaitCondition | undefined): boolean
  /** Whether a log that is followed is complete also when the container has ended. */
  readonly followsEndedLogs: boolean
  /** Whether all pieces of a long line of a log have the timestamp of the first. */
  readonly sharesTimestamps: boolean
  /** Whether the Engine answers 200, with a report, in place of a log that it cannot read. Only the report has a length. */
  readonly reportsInLogs: boolean
  /** Whether a log has the attributes of its driver, when it is asked for details. */
  readonly givesLogDetails: boolean
  /** Whether the answer for the stats of a container that does not run has a body. */
  readonly givesStatsOfStopped: boolean
  /** Whether a container with auto-remove is gone when its wait for `removed` is answered. */
  readonly waitsForRemoval: boolean
  /** Whether an error of an inspect shows that the container is being removed. */
  meetsRemoval(error: unknown): boolean
  /** Whether the archive endpoint reads and writes what is in a tmpfs of a container that runs. */
  archivesTmpfs(mount: string): boolean
  /** The network of a container that names none. */
  readonly defaultNetwork: string
  /** Whether a tmpfs takes the options uid and gid. */
  readonly takesTmpfsOwner: boolean
  /** The detach keys of an exec, as its details have them. */
  keysOfExec(keys: string): string | Buffer
}

type WaitCondition = NonNullable<ContainerWaitQuery['condition']>

const DOCKER: Dialect = {
  isPodman: false,
  takesExecSize: true,
  notesExecEndInTime: true,
  endsSessionWithInput: ({ tty, stdinOnce }) => tty || !stdinOnce,
  waitCondition: (wanted) => wanted,
  farewell: (endsWithInput) => (endsWithInput ? 'end' : 'read'),
  isExitCode: () => true,
  followsEndedLogs: true,
  sharesTimestamps: true,
  reportsInLogs: false,
  givesLogDetails: true,
  givesStatsOfStopped: true,
  waitsForRemoval: true,
  meetsRemoval: () => false,
  takesTmpfsOwner: true,
  archivesTmpfs: () => false,
  defaultNetwork: 'bridge',
  // Docker's Engine gives the bytes in base64.
  keysOfExec: (keys) => Buffer.from(keys, 'base64'),
}

const PODMAN: Dialect = {
  isPodman: true,
  takesExecSize: false,
  notesExecEndInTime: false,
  endsSessionWithInput: () => false,
  // Podman's 'removed' loses the exit code, and its 'not-running' answers at once for a container that has not started.
  waitCondition: () => 'next-exit',
  farewell: () => 'close',
  isExitCode: (statusCode, condition) => statusCode >= 0 && condition !== 'removed',
  // Podman ends such a log a moment after the container, wherever in the log it is by then.
  followsEndedLogs: false,
  // Each has its own.
  sharesTimestamps: false,
  reportsInLogs: true,
  givesLogDetails: false,
  givesStatsOfStopped: false,
  waitsForRemoval: false,
  meetsRemoval: (error) => error instanceof ApiError && error.status >= 500,
  takesTmpfsOwner: false,
  // Of what is in /dev, Podman's archives are empty.
  archivesTmpfs: (mount) => !/^\/dev(?:\/|$)/.test(mount),
  defaultNetwork: 'podman',
  keysOfExec: (keys) => keys,
}

/** The dialect of the Engine that has answered. Before its first answer that is Docker's. */
export function dialectOf(api: ApiClient): Dialect {
  return api.http.podman === undefined ? DOCKER : PODMAN
}
