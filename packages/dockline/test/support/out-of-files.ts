import childProcess, { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import type { TestContext } from 'node:test'

/**
 * Lets `spawn` do what it does where this process may open no more files: it returns a process without streams, and the error
 * follows. Returns what ends that before the test does.
 */
export function outOfFiles(
  test: TestContext,
  concerns: (program: string) => boolean = () => true,
): () => void {
  const { spawn } = childProcess
  const mocked = test.mock.method(childProcess, 'spawn', ((program: string, ...others: never[]) => {
    if (!concerns(program)) return Reflect.apply(spawn, undefined, [program, ...others])
    const error = Object.assign(new Error(`spawn ${program} EMFILE`), { code: 'EMFILE' })
    const child = new ChildProcess()
    process.nextTick(() => child.emit('error', error))
    return child
  }) as typeof spawn)
  syncBuiltinESMExports()
  const end = () => {
    mocked.mock.restore()
    syncBuiltinESMExports()
  }
  test.after(end)
  return end
}
