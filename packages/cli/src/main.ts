import { EXIT, exitCodeOf, explain, isBrokenPipe, isLibraryError } from './errors.js'
import { dockline } from './program.js'
import { listenToSignals } from './signals.js'
import { errorStream } from './streams.js'

listenToSignals()

// Without a listener, a reader that has had enough (`… | head -1`) would end this process with a stack trace.
process.stdout.on('error', (error) => leave(error, '/dev/stdout'))
process.stderr.on('error', (error) => leave(error, '/dev/stderr'))

process.emitWarning = inOwnWords(process.emitWarning)

void main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  try {
    // Not process.exit: what was written to a pipe may not have left yet.
    process.exitCode = await dockline(args)
  } catch (error) {
    if (!isBrokenPipe(error)) errorStream().write(`${explain(error)}\n`)
    process.exitCode = exitCodeOf(error)
  }
}

/** The library's warnings as docker has its own. Node would name its process, and advise on Node's flags. */
function inOwnWords(emit: typeof process.emitWarning): typeof process.emitWarning {
  return (warning: string | Error, ...more: unknown[]) => {
    if (more[0] === 'DocklineWarning') process.stderr.write(`WARNING: ${warning}\n`)
    else Reflect.apply(emit, process, [warning, ...more])
  }
}

/**
 * Leaves when the output cannot be written: nobody waits for the rest, however long an Engine goes on. The owner of
 * the terminal restores it at 'exit'.
 */
function leave(error: NodeJS.ErrnoException, stream: string): void {
  // Of what was piped into it, and not of its own: the command says so itself.
  if (isLibraryError(error)) return
  // Where the pipe is a socket, as those of Node are, it is reset when something in it was not read.
  if (isBrokenPipe(error) || error.code === 'ECONNRESET') process.exit(EXIT.brokenPipe)
  // In the words of the system, as in 'ENOSPC: no space left on device, write'.
  const [, reason = error.message] = /^E[A-Z0-9]+: (.*), write$/.exec(error.message) ?? []
  if (stream !== '/dev/stderr') process.stderr.write(`write ${stream}: ${reason}\n`)
  process.exit(EXIT.failure)
}
