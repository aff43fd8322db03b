import { EventEmitter } from 'node:events'
import { finished, type Readable, type Writable } from 'node:stream'
import { extend } from './shared.js'
import type { Callback, Handle, ModemLike, Options } from './types.js'

/** What `run` needs of a client and of a container, which people may have patched. */
interface Client {
  readonly modem: ModemLike
  createContainer(options: Options): Promise<Container>
  runCallback(...args: readonly unknown[]): unknown
  runPromise(...args: readonly unknown[]): unknown
}

interface Container extends Handle {
  readonly modem: ModemLike & { demuxStream(stream: Readable, stdout: Sink, stderr: Sink): void }
  attach(options: Options): Promise<Readable>
  wait(options: Options): Promise<unknown>
  start(options: Options): Promise<unknown>
}

/** The two of a list may be objects that people wrote by hand. */
type Sink = Pick<Writable, 'write'> & Partial<Pick<Writable, 'end'>>

type Output = Writable | readonly [Sink, Sink] | undefined | null

type Asked = readonly [image: string, Cmd: readonly string[], Output, create?: Options, start?: Options]

/** Creates a container, writes its output to one or two streams, and waits for its end. */
export function run(this: Client, ...args: readonly unknown[]): unknown {
  return typeof args.at(-1) === 'function' ? this.runCallback(...args) : this.runPromise(...args)
}

/** As `run`, with events and a callback `(error, data, container)`. */
export function runCallback(this: Client, ...args: readonly unknown[]): EventEmitter {
  const callback = args.find((each) => typeof each === 'function') as Callback
  const asked = args.filter((each) => each !== callback) as unknown as Asked
  const hub = new EventEmitter()
  let container: Container | undefined
  hub.once('container', (made) => {
    container = made
  })
  perform(this, asked, hub).then(
    ([data]) => process.nextTick(callback, null, data, container),
    (error) => process.nextTick(callback, error, null, container),
  )
  return hub
}

/** As `run`, with a promise of `[data, container]`. */
export function runPromise(this: Client, ...asked: Asked): Promise<unknown> {
  return new (this.modem.Promise ?? Promise)((resolve, reject) => {
    perform(this, asked, new EventEmitter()).then(resolve, reject)
  })
}

const DEFAULTS = {
  ...{ Hostname: '', User: '', Env: null, Tty: true, OpenStdin: false, StdinOnce: false },
  ...{ AttachStdin: false, AttachStdout: true, AttachStderr: true },
}

async function perform(
  client: Client,
  [Image, Cmd, output, createOptions, startOptions = {}]: Asked,
  hub: EventEmitter,
): Promise<readonly [unknown, Container]> {
  const options = { ...DEFAULTS, Volumes: {}, VolumesFrom: [], Cmd, Image }
  const container = await client.createContainer(extend(options, createOptions))
  hub.emit('container', container)
  const stream = await container.attach({ stream: true, stdout: true, stderr: true })
  hub.emit('stream', stream)
  if (output) connect(container, stream, output)
  const data = await startAndWait(container, startOptions, () => hub.emit('start', container))
  hub.emit('data', data)
  return [data, container]
}

/** Waits from before the start on: a container that removes itself may be gone right after. */
async function startAndWait(container: Container, options: Options, started: () => void): Promise<unknown> {
  const leaving = new AbortController()
  const data = container.wait({ condition: 'next-exit', abortSignal: leaving.signal })
  data.catch(() => {})
  try {
    await container.start(options)
  } catch (error) {
    leaving.abort()
    throw error
  }
  started()
  return data
}

/** Both outputs end with the stream, however that ends, but for the program's own. Bytes stay as they are. */
function connect({ modem }: Container, stream: Readable, output: NonNullable<Output>): void {
  const outputs = 'write' in output ? [output] : output
  if ('write' in output) stream.pipe(output, { end: false })
  else modem.demuxStream(stream, ...output)
  finished(stream, { writable: false }, () => {
    for (const each of outputs) if (each !== process.stdout && each !== process.stderr) each.end?.()
  })
}
