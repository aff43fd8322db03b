/** The codes that switch colours on. */
export interface Colors {
  /** What has ended. */
  readonly run: string
  readonly error: string
  readonly warning: string
  readonly cancel: string
  /** What steps write. */
  readonly output: string
}

const CODES: Readonly<Record<string, string>> = {
  black: '30',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  magenta: '35',
  cyan: '36',
  white: '37',
}

const RESET = '\x1b[0m'

export function colored(text: string, code: string | undefined): string {
  return code === undefined ? text : `${code}${text}${RESET}`
}

/** Those of BUILDKIT_COLORS, as in 'run=green:error=255,0,0'; undefined where NO_COLOR asks for none. */
export function colorsOf(env: NodeJS.ProcessEnv): Colors | undefined {
  if (env.NO_COLOR) return undefined
  const own: Record<string, string> = {}
  for (const part of (env.BUILDKIT_COLORS ?? '').split(':')) {
    const [name = '', value = ''] = part.split('=')
    const code = codeOf(value)
    if (code !== undefined) own[name] = code
  }
  const usual = { run: '34', error: '31', warning: '33', cancel: '33' }
  const { run, error, warning, cancel } = { ...usual, ...own }
  return {
    ...{ run: sequence(run), error: sequence(error), warning: sequence(warning), cancel: sequence(cancel) },
    output: sequence('2'),
  }
}

function sequence(code: string): string {
  return `\x1b[${code}m`
}

/** A name, or three numbers for red, green and blue. */
function codeOf(value: string): string | undefined {
  if (Object.hasOwn(CODES, value)) return CODES[value]
  const [, ...parts] = /^(\d{1,3}),(\d{1,3}),(\d{1,3})$/.exec(value) ?? []
  return parts.length === 0 ? undefined : `38;2;${parts.join(';')}`
}
