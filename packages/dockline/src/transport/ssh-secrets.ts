import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SshSettings } from './ssh-address.js'

/** What ssh is given so that it finds a key and secrets: arguments before all others, and variables. */
export interface SshSecrets {
  readonly options: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Whether it may ask, because there is a program that answers. */
  readonly asks: boolean
}

const NONE: SshSecrets = { options: [], env: {}, asks: false }

/** Whether there is anything that has to be written down for ssh. */
export function hasSecrets({ key, password }: SshSettings): boolean {
  return key !== undefined || password !== undefined
}

/**
 * Writes a key and what answers ssh's questions into a folder that only this user can enter, since ssh takes keys from files
 * and secrets from a program only. No secret is among the arguments, which everybody on the machine can see.
 */
export function writeSecrets(folder: string, { key, passphrase, password, env }: SshSettings): SshSecrets {
  const options = key === undefined ? [] : writeKey(join(folder, 'key'), key)
  if (passphrase === undefined && password === undefined) return { ...NONE, options }
  const program = join(folder, 'ask')
  for (const [name, secret] of Object.entries({ passphrase, password }))
    if (secret !== undefined) writeFileSync(join(folder, name), `${secret}\n`, { mode: 0o600 })
  writeFileSync(program, answering(folder), { mode: 0o700 })
  // Before OpenSSH 8.4 a program is asked only where there seems to be a screen.
  const display = (env ?? process.env).DISPLAY || ':0'
  const variables = { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: display }
  return { options, env: variables, asks: true }
}

function writeKey(file: string, key: string | Buffer): string[] {
  // ssh refuses a key without the newline at its end.
  writeFileSync(file, `${String(key).trimEnd()}\n`, { mode: 0o600 })
  return ['-i', file, '-o', 'IdentitiesOnly=yes']
}

/** Answers what it has the answer to, and refuses the rest, such as whether an unknown host is to be trusted. */
function answering(folder: string): string {
  const file = (name: string) => `'${join(folder, name).replaceAll("'", `'\\''`)}'`
  return `#!/bin/sh
case "$1" in
  *assphrase*) exec cat ${file('passphrase')} ;;
  *assword*) exec cat ${file('password')} ;;
esac
exit 1
`
}

/** A folder that only this user can enter. */
export function privateFolder(): string {
  return mkdtempSync(`${tmpdir()}/dockline-`)
}
