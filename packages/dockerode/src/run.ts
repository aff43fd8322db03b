import { EventEmitter } from 'node:events'
import { finished, type Readable, type Writable } from 'node:stream'
import { extend } from './shared.js'
import type { Callback, Handle, ModemLike, Options } from './types.js'

/** What `run` needs of a client and of a container, which people may have patched. */
interface Client {
  readonly modem: ModemLike
  createContainer(options: Options): Promise<Container>
}

interface Container extends Handle {
  readonly modem: ModemLike & { demuxStream(stream: Readable, stdout: Writable, stderr: Writable): void }
  attach(options: Options): Promise<Readable>
  wait(options: Options): Promise<unknown>
  start(options: Options): Promise<unknown>
}

type Output = Writable | readonly [Writable, Writable] | undefined | null

/** Creates a container, writes its output to one or two streams, and waits for its end. */
export function run(this: Running, ...args: readonly unknown[]): unknown {
  return typeof args.at(-1) === 'function' ? this.runCallback(...args) : this.runPromise(...args)
}

/** What `run` chooses from. */
interface Running {
  runCallback(...args: readonly unknown[]): unknown
  runPromise(...args: readonly unknown[]): unknown
}

/** As `run`, with events and a callback `(error, data, container)`. */
export function runCallback(this: Client, ...args: readonly unknown[]): EventEmitter {
  const callback = args.find((each) => typeof each === 'function') as Callback
  const [image, command, output, createOptions, startOptions] = args.filter((each) => each !== callback)
  const hub = new EventEmitter()
  let container: Container | undefined
  hub.once('container', (made) => {
    container = made
  })
  perform(this, { image, command, output, createOptions, startOptions } as Plan, hub).then(
    ([data]) => process.nextTick(callback, null, data, container),
    (error) => process.nextTick(callback, error, null, container),
  )
  return hub
}

/** As `run`, with a promise of `[data, container]`. */
export function runPromise(
  this: Client,
  ...[image, command, output, createOptions, startOptions]: readonly unknown[]
): Promise<unknown> {
  const running = { image, command, output, createOptions, startOptions } as Plan
  return new this.modem.Promise((resolve, reject) => {
    perform(this, running, new EventEmitter()).then(resolve, reject)
  })
}

interface Plan {
  readonly image: string
  readonly command: readonly string[]
  readonly output: Output
  readonly createOptions?: Options
  readonly startOptions?: Options
}

async function perform(
  client: Client,
  { image, command, output, createOptions, startOptions = {} }: Plan,
  hub: EventEmitter,
): Promise<readonly [unknown, Container]> {
  const options = { ...DEFAULTS, Volumes: {}, VolumesFrom: [], Cmd: command, Image: image }
  const container = await client.createContainer(extend(options, createOptions))
  hub.emit('container', container)
  const stream = await container.attach({ stream: true, stdout: true, stderr: true })
  hub.emit('stream', stream)
  connect(container, stream, output)
  const waiting = waitFor(container)
  try {
    await container.start(startOptions)
  } catch (error) {
    waiting.giveUp()
    throw error
  }
  hub.emit('start', container)
  const data = await waiting.data
  hub.emit('data', data)
  return [data, container]
}

const DEFAULTS = {
  Hostname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: true,
  AttachStderr: true,
  Tty: true,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
}

/** Asked before the start: a container that removes itself may be gone right after. */
function waitFor(container: Container) {
  const leaving = new AbortController()
  const data = container.wait({ condition: 'next-exit', abortSignal: leaving.signal })
  data.catch(() => {})
  return { data, giveUp: () => leaving.abort() }
}

/** Both outputs end with the stream, however that ends. Bytes stay as they are. */
function connect(container: Container, stream: Readable, output: Output): void {
  if (!output) return
  const outputs = isPair(output) ? output : [output]
  if (isPair(output)) container.modem.demuxStream(stream, output[0], output[1])
  else stream.pipe(output, { end: false })
  finished(stream, { writable: false }, () => {
    for (const each of outputs) each.end()
  })
}

function isPair(output: NonNullable<Output>): output is readonly [Writable, Writable] {
  return Array.isArray(output)
}
