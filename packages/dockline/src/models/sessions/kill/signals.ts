/** The signals of Linux by number, from 1 on. Those of this machine may have other numbers. */
const NAMES = [
  ...[
    'HUP',
    'INT',
    'QUIT',
    'ILL',
    'TRAP',
    'ABRT',
    'BUS',
    'FPE',
    'KILL',
    'USR1',
    'SEGV',
    'USR2',
    'PIPE',
    'ALRM',
  ],
  ...[
    'TERM',
    'STKFLT',
    'CHLD',
    'CONT',
    'STOP',
    'TSTP',
    'TTIN',
    'TTOU',
    'URG',
    'XCPU',
    'XFSZ',
    'VTALRM',
    'PROF',
  ],
  ...['WINCH', 'IO', 'PWR', 'SYS'],
]
const LAST_SIGNAL = 64

export const SIGKILL = NAMES.indexOf('KILL') + 1

/** Returns the number of a signal of Linux, given as docker takes it: 'SIGTERM', 'term', 15 or '15'. Undefined for any other value. */
export function signalNumber(signal: unknown): number | undefined {
  if (typeof signal === 'string' && !/^\d+$/.test(signal)) return numberOfName(signal)
  const number = typeof signal === 'string' ? Number(signal) : signal
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number <= LAST_SIGNAL
    ? number
    : undefined
}

function numberOfName(name: string): number | undefined {
  const index = NAMES.indexOf(name.toUpperCase().replace(/^SIG/, ''))
  return index < 0 ? undefined : index + 1
}
