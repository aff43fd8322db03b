/** As Node's: the error is exactly null on success. */
export type Callback<Result = unknown> = (error: unknown, result?: Result, more?: unknown) => void

/** The options of a call. No option is checked: the Engine gets all but ours, under their own names. */
export type Options = Record<string, unknown>

/** The options of a request. */
export interface DialOptions {
  /** With a `?` in it, the options are its query. */
  readonly path: string
  readonly method: string
  /** Query and body: apart as `_query` and `_body`, or one object for both. */
  readonly options?: Options | undefined
  /** The statuses that are success, and what the others mean. */
  readonly statusCodes?: Readonly<Record<number, true | string | undefined>> | undefined
  /** Gives the answer itself and not its content. */
  readonly isStream?: boolean | undefined
  /** Gives the connection. */
  readonly hijack?: boolean | undefined
  /** Gives a stream that can be written to. */
  readonly openStdin?: boolean | undefined
  /** The body: the path of a file, bytes, or a stream. */
  readonly file?: unknown
  readonly headers?: Readonly<Record<string, string | number>> | undefined
  readonly authconfig?: AuthConfig | undefined
  readonly registryconfig?: AuthConfig | undefined
  /** Sends a body that is empty. */
  readonly allowEmpty?: boolean | undefined
  readonly abortSignal?: AbortSignal | undefined
}

/** The credentials for a registry: an object, or encoded already. */
export interface AuthConfig {
  readonly key?: string
  readonly base64?: string
}

/** What handles need of a modem, which may be another package's. */
export interface ModemLike {
  Promise?: PromiseConstructor
  dial(options: DialOptions, callback: Callback): void
}

/** A part of an Engine, known by its id or name. */
export interface Handle {
  readonly modem: ModemLike
  readonly id?: string
  readonly name?: string
  readonly defaultOptions?: Readonly<Record<string, object>>
}
