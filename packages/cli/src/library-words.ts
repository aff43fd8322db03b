/** An error of the library, by its shape as in errors.ts. */
interface Told {
  readonly message: string
  readonly hint?: string | undefined
  readonly address?: string
  readonly cause?: unknown
}

/** Why there is no Engine, and whether that is more than docker's words say. */
const NOBODY: readonly (readonly [reason: string, helps: boolean])[] = [
  ['there is no such socket', true],
  ['that file is not a socket', true],
  ['it did not answer in time', true],
  ['nothing listens there', false],
]
/** What only a program can do about it, and what is a flag here. */
const FOR_PROGRAMS: readonly (readonly [words: RegExp, instead: string])[] = [
  [/, or set autodetect\b/g, ''],
  [/\bthe (context|host|tls) option\b/g, '--$1'],
  [/^tls\.ca(?=: )/, '--tlscacert'],
  [/^tls\.(cert|key)(?=: )/, '--tls$1'],
]
const A_CALL = /\b\w+\.\w+\(/

/** The message of an error that is not the Engine's. When no Engine answers, scripts look for docker's words. */
export function messageOf(error: Told): string {
  return unreachable(error) ?? forPeople(withoutCalls(error))
}

/** The message ends with the hint. A hint that only a program could follow is left out there, too. */
function withoutCalls({ message, hint = '' }: Told): string {
  const end = ` (${hint})`
  return A_CALL.test(hint) && message.endsWith(end) ? message.slice(0, -end.length) : message
}

/** What an error suggests, if that is something a person can do. */
export function hintOf({ hint = '' }: Told): string | undefined {
  return hint === '' || A_CALL.test(hint) ? undefined : forPeople(hint)
}

function unreachable({ address = '', message, hint, cause }: Told): string | undefined {
  const is = (reason: string) =>
    message.startsWith(`cannot talk to the Docker Engine at ${address}: ${reason}`)
  if (is('permission denied')) {
    const told = `permission denied while trying to connect to the Docker daemon socket at ${address}`
    return withMore(told, [hint])
  }
  const [reason, helps] = NOBODY.find(([each]) => is(each)) ?? []
  if (reason === undefined) return undefined
  const { offer } = (cause ?? {}) as { readonly offer?: string }
  const told = `Cannot connect to the Docker daemon at ${address}. Is the docker daemon running?`
  return withMore(told, [helps ? reason : undefined, offer && forPeople(offer)])
}

function withMore(told: string, more: readonly (string | undefined)[]): string {
  const words = more.filter((each) => each !== undefined)
  return words.length === 0 ? told : `${told} (${words.join('; ')})`
}

function forPeople(words: string): string {
  return FOR_PROGRAMS.reduce((text, [each, instead]) => text.replace(each, instead), words)
}
