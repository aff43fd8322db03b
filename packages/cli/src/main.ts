import { exitCodeOf, explain, isBrokenPipe } from './errors.js'
import { dockline } from './program.js'

// Without a listener, a reader that has had enough (`… | head -1`) would end this process with a stack trace.
process.stdout.on('error', leaveQuietly)
process.stderr.on('error', leaveQuietly)

void main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  try {
    // Not process.exit: what was written to a pipe may not have left yet.
    process.exitCode = await dockline(args)
  } catch (error) {
    if (!isBrokenPipe(error)) process.stderr.write(`${explain(error)}\n`)
    process.exitCode = exitCodeOf(error)
  }
}

function leaveQuietly(error: Error): void {
  if (!isBrokenPipe(error)) throw error
  process.exitCode = exitCodeOf(error)
}
