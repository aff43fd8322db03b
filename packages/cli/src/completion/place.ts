import type { ClientChoice } from '../cli.js'
import type { Flag, Flags } from '../flags/flag.js'
import { GLOBAL } from '../flags/global.js'
import type { Commands, SingleCommand } from '../tree.js'

/** Where in a command line the word is that is being typed, and what may stand there. */
export interface Place {
  /** The flags before the command that choose the Engine. */
  readonly choice: ClientChoice
  /** The first name of the command, as in 'container stop'; '' before there is one. */
  readonly command: string
  /** The commands one of which the word may be; undefined behind a command. */
  readonly commands: Commands | undefined
  /** Whether the word is the first one, which may name a plugin too. */
  readonly isFirst: boolean
  /** The flags the word may be; none when they have ended. */
  readonly flags: Flags
  /** The long name of the flag whose value the word is. */
  readonly value: string | undefined
  /** What stands before the value in the same word, as '--network='. */
  readonly prefix: string
  /** The first word, where it is no command. */
  readonly unknown: string | undefined
  /** The command's own words before this one. */
  readonly operands: readonly string[]
}

/** Reads the words before the last one, as far as they make sense. */
export async function place(words: readonly string[], last: string, commands: Commands): Promise<Place> {
  const walker = new Walker(commands)
  for (const word of words) await walker.pass(word)
  return walker.at(last)
}

class Walker {
  #choice: { host?: string; context?: string } = {}
  #command = ''
  #isFirst = true
  #commands: Commands | undefined
  #flags: Flags = GLOBAL
  #unknown: string | undefined
  #stopAtOperand = true
  #flagsEnded = false
  #value: string | undefined
  readonly #operands: string[] = []

  constructor(commands: Commands) {
    this.#commands = commands
  }

  async pass(word: string): Promise<void> {
    if (this.#value !== undefined) this.#take(this.#value, word)
    else if (word === '--' && !this.#flagsEnded) this.#flagsEnded = true
    else if (isFlag(word) && !this.#flagsEnded) this.#flag(word)
    else if (this.#commands !== undefined) await this.#enter(word, this.#commands)
    else {
      this.#operands.push(word)
      this.#flagsEnded ||= this.#stopAtOperand
    }
  }

  at(last: string): Place {
    const [, assigned] = /^--([^=]+)=/.exec(last) ?? []
    const inWord = this.#flagsEnded || this.#value !== undefined ? undefined : assigned
    return {
      choice: this.#choice,
      command: this.#command,
      commands: this.#commands,
      isFirst: this.#isFirst,
      flags: this.#flagsEnded ? {} : this.#flags,
      value: this.#value ?? inWord,
      prefix: inWord === undefined ? '' : `--${inWord}=`,
      unknown: this.#unknown,
      operands: this.#operands,
    }
  }

  /** What takes a value, and has it not in the same word, has it in the next one. */
  #flag(word: string): void {
    const cut = word.indexOf('=')
    const name = word.startsWith('--') ? word.slice(2, cut === -1 ? undefined : cut) : this.#byLetters(word)
    if (name === undefined || !Object.hasOwn(this.#flags, name)) return
    if (cut !== -1) this.#take(name, word.slice(cut + 1))
    else if (this.#flags[name]?.type !== '') this.#value = name
  }

  /** The flag of several letters in a row that takes a value, when that is the next word. */
  #byLetters(word: string): string | undefined {
    for (let at = 1; at < word.length; at++) {
      const [name, flag] = this.#byLetter(word.charAt(at)) ?? []
      if (name === undefined || flag?.type === '') continue
      if (at === word.length - 1) return name
      this.#take(name, word.slice(at + 1).replace(/^=/, ''))
      return undefined
    }
    return undefined
  }

  #byLetter(letter: string): readonly [string, Flag<unknown>] | undefined {
    return Object.entries(this.#flags).find(([, { short }]) => short === letter)
  }

  #take(name: string, value: string): void {
    this.#value = undefined
    if (!this.#isFirst) return
    if (name === 'host') this.#choice = { host: value }
    if (name === 'context') this.#choice = { context: value }
  }

  async #enter(word: string, commands: Commands): Promise<void> {
    const node = commands.get(word)
    if (node === undefined && this.#isFirst) this.#unknown = word
    this.#isFirst = false
    this.#commands = node?.subcommands
    this.#flags = {}
    if (node?.load !== undefined) await this.#enterCommand(node)
  }

  async #enterCommand({ load, names: [name] }: SingleCommand): Promise<void> {
    const { command } = await load()
    this.#command = name
    this.#flags = command.flags
    this.#stopAtOperand = command.stopAtOperand
  }
}

function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-'
}
