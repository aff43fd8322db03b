import { closeSync, fstatSync, constants as modes, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { basename } from 'node:path'

export type Hear = (signal: NodeJS.Signals) => void

/** As docker, the command ends at these, where nothing else is made of them; what it changed of a terminal is put right. */
const ENDING: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']

/** Nothing comes of these for docker. Node would end at them, and at SIGUSR1 let any local user debug the command. */
const UNHEARD: readonly NodeJS.Signals[] = [
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGIO',
  'SIGPROF',
  'SIGPWR',
  'SIGVTALRM',
  'SIGXCPU',
]

/** Of the flags of an open file: whether it is read, written, or both. */
const ACCESS_MODE = 3

/** Who hears a signal for the time being, the last of them first. */
const hearers = new Map<NodeJS.Signals, readonly Hear[]>()

/** At the very start: until then signals mean what they mean to Node. */
export function listenToSignals(): void {
  for (const signal of available([...ENDING, ...UNHEARD])) process.on(signal, hear)
  process.on('exit', releaseLostTerminals)
}

/** Gives signals a meaning of their own until it is disposed. */
export function takeSignals(signals: readonly NodeJS.Signals[], take: Hear): Disposable {
  const taken = available(signals)
  for (const signal of taken) {
    hearers.set(signal, [take, ...(hearers.get(signal) ?? [])])
    if (!process.listeners(signal).includes(hear)) process.on(signal, hear)
  }
  return {
    [Symbol.dispose]() {
      for (const signal of taken) release(signal, take)
    },
  }
}

function release(signal: NodeJS.Signals, take: Hear): void {
  const others = (hearers.get(signal) ?? []).filter((each) => each !== take)
  hearers.set(signal, others)
  if (others.length === 0 && ![...ENDING, ...UNHEARD].includes(signal)) process.off(signal, hear)
}

/** Not every system has all of them. */
function available(signals: readonly NodeJS.Signals[]): readonly NodeJS.Signals[] {
  return signals.filter((signal) => signal in constants.signals)
}

function hear(signal: NodeJS.Signals): void {
  const [take] = hearers.get(signal) ?? []
  if (take !== undefined) take(signal)
  else if (ENDING.includes(signal) && !(signal === 'SIGHUP' && wasHangUpIgnored())) endBy(signal)
}

/** As docker: an interrupted command ends with an exit code, and a terminated one is ended by the signal itself. */
function endBy(signal: NodeJS.Signals): never {
  if (signal === 'SIGHUP' || signal === 'SIGQUIT') process.on('exit', () => dieOf(signal))
  process.exit(128 + constants.signals[signal])
}

function dieOf(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

/**
 * Whether this command was started to live on when its terminal is closed. Node resets ignored signals before any
 * code runs. A parent shell that ignores the signal, as after `trap '' HUP`, shows it, and so do the traces of nohup,
 * unless they are those of a nohup further up.
 */
function wasHangUpIgnored(): boolean {
  const { env, ppid } = process
  const { _: parent } = environmentOf(ppid)
  return (
    isHangUpIgnoredBy(ppid) ||
    (isNohup(env._) && !isNohup(parent)) ||
    (isUnreadable('self') && !isUnreadable(ppid))
  )
}

function isHangUpIgnoredBy(pid: number): boolean {
  const [, ignored = '0'] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(read(`/proc/${pid}/status`)) ?? []
  return (BigInt(`0x${ignored}`) & (1n << BigInt(constants.signals.SIGHUP - 1))) !== 0n
}

/** Most shells put the file they have run into this variable. */
function isNohup(file = ''): boolean {
  return basename(file) === 'nohup'
}

function environmentOf(pid: number): NodeJS.ProcessEnv {
  const variables = read(`/proc/${pid}/environ`).split('\0')
  return Object.fromEntries(
    variables.map((variable) => {
      const [name = '', ...value] = variable.split('=')
      return [name, value.join('=')]
    }),
  )
}

/**
 * nohup gives a command a stdin that can only be written, so that the command does not wait for input that never
 * comes.
 */
function isUnreadable(pid: number | 'self'): boolean {
  const [, flags = '0'] = /^flags:\s*([0-7]+)$/m.exec(read(`/proc/${pid}/fdinfo/0`)) ?? []
  return (Number.parseInt(flags, 8) & ACCESS_MODE) === modes.O_WRONLY
}

/** Only Linux has these files. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

/**
 * Node gives terminals their settings back at the end, and aborts with a native stack where one is gone, as that of a closed
 * window is. It passes over what is closed.
 */
function releaseLostTerminals(): void {
  if (process.platform === 'win32') return
  for (const fd of [0, 1, 2]) if (isLostTerminal(fd)) closeSync(fd)
}

/** Of devices, only terminals get lost; it does no harm to /dev/null to be taken for one. */
function isLostTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && !process.getBuiltinModule('node:tty').isatty(fd)
  } catch {
    return false
  }
}
