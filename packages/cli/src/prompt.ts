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
  for await (const character of characters(cli)) {
    if (character === '\n') break
    line += character
  }
  return line.trim()
}

/** Asks for a line that is not shown. However this ends, the terminal is what it was. */
export async function askSecret(cli: Cli, question: string): Promise<string> {
  const stdin = cli.stdin as NodeJS.ReadStream
  cli.write(question)
  stdin.setRawMode(true)
  const restore = () => stdin.setRawMode(false)
  process.once('exit', restore)
  try {
    const secret = await readHidden(cli)
    cli.write('\n')
    return secret
  } finally {
    process.off('exit', restore)
    restore()
  }
}

/** In raw mode nobody else makes anything of the keys that end a line, take something back or give up. */
async function readHidden(cli: Cli): Promise<string> {
  let typed: string[] = []
  for await (const character of characters(cli)) {
    if (character === '\r' || character === '\n') break
    if (character === CTRL_C) throw new ExitError('', INTERRUPTED)
    if (character === CTRL_D && typed.length === 0) break
    if (character === '\x7f' || character === '\b') typed.pop()
    else if (character === CTRL_U) typed = []
    else typed.push(character)
  }
  return typed.join('')
}

/** What is typed, one by one. What is left when the loop is left waits for the next question. */
async function* characters({ stdin }: Cli): AsyncGenerator<string, void, undefined> {
  stdin.setEncoding('utf8')
  try {
    for (;;) {
      const text = stdin.read() as string | null
      if (text === null) {
        if (stdin.readableEnded || !(await readable(stdin))) return
        continue
      }
      const [first = '', ...rest] = text
      if (rest.length > 0) stdin.unshift(rest.join(''), 'utf8')
      yield first
    }
  } finally {
    stdin.pause()
  }
}

/** false when nothing more comes. */
function readable(stdin: Cli['stdin']): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      stdin.off('readable', more).off('end', end).off('error', reject)
      act()
    }
    const more = settle(() => resolve(true))
    const end = settle(() => resolve(false))
    stdin.once('readable', more).once('end', end).once('error', reject)
  })
}
