import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { promisify } from 'node:util'
import type { Cli } from '../cli.js'
import { EXIT, ExitError } from '../errors.js'
import { takeSignals } from '../signals.js'
import type { Plugin } from './plugin.js'

/** By this a plugin knows whose it is, and what to call for other commands. */
const ORIGINAL = 'DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND'
const INSISTENCE = 3

/**
 * Gives a plugin the terminal and all words of the command line, as they were typed: flags that stand before its name mean the
 * same to it. Resolves with its exit code.
 */
export async function runPlugin({ Name, Path }: Plugin, args: readonly string[], cli: Cli): Promise<number> {
  const child = spawn(Path, args, { stdio: 'inherit', env: environment() })
  passSignals(child, cli)
  try {
    const [code, signal] = await once(child, 'exit')
    return code ?? 128 + constants.signals[signal as NodeJS.Signals]
  } catch (error) {
    throw new ExitError(`cannot run the plugin ${Name}: ${(error as Error).message}`, EXIT.failure, error)
  }
}

/** What a plugin says may follow its name and these words: as cobra, the library of all of them, writes it. */
export async function completePlugin({ Name, Path }: Plugin, words: readonly string[]): Promise<string> {
  const running = promisify(execFile)(Path, ['__complete', Name, ...words], { env: environment() })
  running.child.stdin?.end()
  return (await running).stdout
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, [ORIGINAL]: process.argv[1] }
}

/**
 * A key such as ctrl-c on a terminal reaches both, and the plugin decides what comes of it. What is sent to this command is
 * sent on, and who insists ends both. The signals stay taken after the plugin has ended: Node may hear a ctrl-c later than the
 * end of the plugin that it ended, and the exit code is the plugin's all the same.
 */
function passSignals(child: ChildProcess, cli: Cli): void {
  let endings = 0
  takeSignals(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'], (signal) => {
    const typed = signal === 'SIGINT' || signal === 'SIGQUIT'
    if (typed && cli.stdout.isTTY) return
    child.kill(signal)
    if (signal === 'SIGINT' || signal === 'SIGTERM') endings += 1
    if (endings < INSISTENCE) return
    child.kill('SIGKILL')
    cli.complain(`got ${INSISTENCE} SIGTERM/SIGINTs, forcefully exiting`)
    process.exit(EXIT.failure)
  })
}
