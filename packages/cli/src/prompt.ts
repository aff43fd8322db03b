import type { Cli } from './cli.js'
import { ExitError } from './errors.js'

/** As a shell counts it: 128 and the number of SIGINT. */
const INTERRUPTED = 130

const CTRL_C = '\x03'
const CTRL_D = '\x04'
const CTRL_U = '\x15'

/** Asks for a line. What is typed can be seen. */
export async function askLine(cli: Cli, question: string): Promise<string> {
  cli.write(question)
  let line = ''
  await listen(cli, (character) => {
    if (isEnter(character)) return true
    line += character
    return false
  })
  return line.trim()
}

/** Asks for a line that is not shown. However this ends, the terminal is what it was. */
export async function askSecret(cli: Cli, question: string): Promise<string> {
  const stdin = cli.stdin as NodeJS.ReadStream
  // First: who sees the question may begin to type.
  stdin.setRawMode(true)
  const restore = () => stdin.setRawMode(false)
  process.once('exit', restore)
  try {
    cli.write(question)
    const secret = await readHidden(cli)
    cli.write('\n')
    return secret
  } finally {
    process.off('exit', restore)
    restore()
  }
}

/** In raw mode the terminal does not handle the keys that end a line, erase or interrupt. */
async function readHidden(cli: Cli): Promise<string> {
  let typed: string[] = []
  await listen(cli, (character) => {
    if (isEnter(character)) return true
    if (character === CTRL_C) throw new ExitError('', INTERRUPTED)
    if (character === CTRL_D) return typed.length === 0
    if (character === '\x7f' || character === '\b') typed.pop()
    else if (character === CTRL_U) typed = []
    else typed.push(character)
    return false
  })
  return typed.join('')
}

function isEnter(character: string): boolean {
  return character === '\r' || character === '\n'
}

/** What was typed before the question that it answers. */
const ahead = new WeakMap<Cli, readonly string[]>()

/** Hands over what is typed, one by one, until that is enough or nothing more comes. */
function listen(cli: Cli, isEnough: (character: string) => boolean): Promise<void> {
  const { stdin } = cli
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      stdin.off('data', take).off('end', end).off('error', fail).pause()
      act()
    }
    const end = () => settle(resolve)
    const fail = (error: unknown) => settle(() => reject(error))
    const take = (text: string) => {
      const characters = [...text]
      try {
        const last = characters.findIndex(isEnough)
        if (last === -1) return
        ahead.set(cli, characters.slice(last + 1))
        end()
      } catch (error) {
        fail(error)
      }
    }
    const waiting = ahead.get(cli) ?? []
    ahead.delete(cli)
    stdin.setEncoding('utf8').on('data', take).on('end', end).on('error', fail).resume()
    if (waiting.length > 0) take(waiting.join(''))
  })
}
