import type { Owner } from '../../../archive/index.js'
import { InvalidArgumentError, NotFoundError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import { readByArchive } from './read-archive.js'
import type { FilesTarget } from './stat.js'

/** Nobody has that many users. */
const MOST_BYTES = 16 * 1024 * 1024
const ROOT: Owner = { uid: 0, gid: 0 }

/**
 * The numbers of users, as the Engine finds them for `docker run --user`: names are those of /etc/passwd and /etc/group in
 * the container, which are read when the first name comes.
 */
export class Owners {
  readonly #target: FilesTarget
  readonly #call: CallOptions
  readonly #files = new Map<string, Promise<readonly string[][]>>()

  constructor(target: FilesTarget, call: CallOptions) {
    this.#target = target
    this.#call = call
  }

  /** The numbers of 'user' or 'user:group'; without one, of the user of the container. */
  async of(user: string | number | undefined, option: string): Promise<Owner> {
    const wanted = String(user ?? (await this.#userOfContainer()))
    const [name = '', group] = wanted.split(':')
    if (name === '' && group === undefined) return ROOT
    const row = isNumber(name) && group !== undefined ? undefined : await this.#row('/etc/passwd', name)
    const uid = numberOf(name === '' ? '0' : name, row) ?? rootOf(name)
    if (uid === undefined) return refuse(option, `no user '${name}' in /etc/passwd`)
    if (group === undefined) return { uid, gid: Number(row?.[3] ?? 0) }
    const gid = isNumber(group) ? Number(group) : numberOf(group, await this.#row('/etc/group', group))
    return gid === undefined ? refuse(option, `no group '${group}' in /etc/group`) : { uid, gid }
  }

  async #userOfContainer(): Promise<string> {
    const { api, id, attrs } = this.#target
    const { Config } = attrs ?? (await api.containers.inspect(id, {}, this.#call))
    return Config?.User ?? ''
  }

  /** The row of a name or a number. The number of a user or a group is the third field of its row. */
  async #row(file: string, name: string): Promise<readonly string[] | undefined> {
    const rows = this.#files.get(file) ?? this.#read(file)
    this.#files.set(file, rows)
    return (await rows).find((row) => row[0] === name || (isNumber(name) && row[2] === name))
  }

  async #read(file: string): Promise<readonly string[][]> {
    const limits = { maxBytes: MOST_BYTES, encoding: 'utf8' } as const
    const content = await readByArchive(this.#target, file, { ...limits, ...this.#call }).catch((error) => {
      if (error instanceof NotFoundError) return ''
      throw error
    })
    return content
      .toString()
      .split('\n')
      .map((line) => line.trim().split(':'))
  }
}

function isNumber(name: string): boolean {
  return /^\d{1,10}$/.test(name)
}

function numberOf(name: string, row: readonly string[] | undefined): number | undefined {
  if (isNumber(name)) return Number(name)
  return row?.[2] !== undefined && isNumber(row[2]) ? Number(row[2]) : undefined
}

/** An image may do without a list of its users. */
function rootOf(name: string): number | undefined {
  return name === 'root' ? 0 : undefined
}

function refuse(option: string, what: string): never {
  throw new InvalidArgumentError(`${option}: there is ${what} of the container`)
}
