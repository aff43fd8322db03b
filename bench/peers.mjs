// @ts-check
/** The ways to receive a stream: Dockline's, dockerode's, and a socket that does nothing with what it reads. */
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
// @ts-expect-error It comes without types, and there are none worth another package here.
import Docker from 'dockerode'
import { DockerClient } from 'dockline'
import { expected, nameOf } from './frames.mjs'

/** @typedef {import('./frames.mjs').Stream} Stream */
/** @typedef {import('dockline').OutputStream} OutputStream */
/** @typedef {(stream: Stream) => Promise<number>} Receive takes a stream in and returns MB/s */

/** Counts what it is given. */
export class Counter extends Writable {
  bytes = 0

  /**
   * @param {Buffer} chunk
   * @param {unknown} _encoding
   * @param {() => void} done
   * @override
   */
  _write(chunk, _encoding, done) {
    this.bytes += chunk.length
    done()
  }
}

/**
 * Dockline through an exec, read as `read` does it.
 * @param {string} socketPath
 * @param {(output: OutputStream) => Promise<Counts>} read
 * @param {typeof DockerClient} [Client]
 * @returns {Receive}
 */
export function docklineExec(socketPath, read, Client = DockerClient) {
  return (stream) =>
    timed(stream, async () => {
      const client = new Client({ host: `unix://${socketPath}`, env: {} })
      const session = await client.startExec(nameOf(stream))
      const counts = await read(session.output)
      await session.exit
      await client.close()
      return counts
    })
}

/**
 * Dockline through the log of a container.
 * @param {string} socketPath
 * @param {(output: OutputStream) => Promise<Counts>} read
 * @param {typeof DockerClient} [Client]
 * @returns {Receive}
 */
export function docklineLogs(socketPath, read, Client = DockerClient) {
  return (stream) =>
    timed(stream, async () => {
      const client = new Client({ host: `unix://${socketPath}`, env: {} })
      const container = await client.containers.get(nameOf(stream))
      const counts = await read(container.logs({ follow: true }))
      await client.close()
      return counts
    })
}

/** @typedef {{ stdout: number, stderr: number }} Counts */

/** The ways of reading an OutputStream. */
export const READ = {
  /** @param {OutputStream} output */
  async iterate(output) {
    const counts = { stdout: 0, stderr: 0 }
    for await (const { source, data } of output) counts[source] += data.length
    return counts
  },

  /** @param {OutputStream} output */
  async lines(output) {
    const counts = { stdout: 0, stderr: 0 }
    for await (const { source, line } of output.lines()) counts[source] += line.length + 1
    return counts
  },

  /** @param {OutputStream} output */
  async pipe(output) {
    const [stdout, stderr] = [new Counter(), new Counter()]
    await output.pipe(stdout, stderr)
    return { stdout: stdout.bytes, stderr: stderr.bytes }
  },

  /** @param {OutputStream} output */
  async readables(output) {
    const [stdout, stderr] = [new Counter(), new Counter()]
    output.stdout.pipe(stdout)
    output.stderr.pipe(stderr)
    await Promise.all([finished(stdout), finished(stderr)])
    return { stdout: stdout.bytes, stderr: stderr.bytes }
  },
}

const load = createRequire(import.meta.url)

/**
 * dockerode through an exec, or what takes its place.
 * @param {string} socketPath
 * @param {'dockerode' | 'dockline-dockerode'} [name]
 * @returns {Receive}
 */
export function dockerodeExec(socketPath, name = 'dockerode') {
  const docker = new (load(name))({ socketPath })
  const start = (/** @type {Stream} */ stream) =>
    docker.getExec(nameOf(stream)).start({ hijack: true, stdin: false })
  return (stream) => timed(stream, async () => demux(docker, await start(stream)))
}

/**
 * @param {string} socketPath
 * @returns {Receive}
 */
export function dockerodeLogs(socketPath) {
  const docker = new Docker({ socketPath })
  const start = (/** @type {Stream} */ stream) =>
    docker.getContainer(nameOf(stream)).logs({ follow: true, stdout: true, stderr: true })
  return (stream) => timed(stream, async () => demux(docker, await start(stream)))
}

/**
 * @param {{ modem: { demuxStream(stream: NodeJS.ReadableStream, stdout: Writable, stderr: Writable): void } }} docker
 * @param {import('node:stream').Readable} source
 * @returns {Promise<Counts>}
 */
async function demux(docker, source) {
  const [stdout, stderr] = [new Counter(), new Counter()]
  docker.modem.demuxStream(source, stdout, stderr)
  // Its RangeErrors are thrown inside a listener: without this they would end the benchmark.
  await withoutCrash(finished(source, { writable: false }))
  return { stdout: stdout.bytes, stderr: stderr.bytes }
}

/**
 * @param {Promise<unknown>} work
 * @returns {Promise<unknown>}
 */
async function withoutCrash(work) {
  /** @type {(error: unknown) => void} */
  let crash = () => {}
  const crashed = new Promise((_resolve, reject) => {
    crash = reject
    process.once('uncaughtException', crash)
  })
  try {
    return await Promise.race([work, crashed])
  } finally {
    process.off('uncaughtException', crash)
  }
}

/**
 * The limit: the same bytes from the same Engine, read and dropped.
 * @param {string} socketPath
 * @returns {Receive}
 */
export function bareSocket(socketPath) {
  return async (stream) => {
    const begin = performance.now()
    const socket = connect({ path: socketPath })
    const request = `POST /exec/${nameOf(stream)}/start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`
    let bytes = 0
    socket.write(request)
    socket.on('data', (chunk) => {
      bytes += chunk.length
    })
    await finished(socket)
    const milliseconds = performance.now() - begin
    const { wire } = expected(stream)
    // The answer's head is in it too.
    if (bytes < wire || bytes > wire + 1024) throw new Error(`got ${bytes} bytes instead of ${wire}`)
    return wire / 1000 / milliseconds
  }
}

/**
 * @param {Stream} stream
 * @param {() => Promise<Counts>} receive
 */
async function timed(stream, receive) {
  const { wire, stdout, stderr } = expected(stream)
  const begin = performance.now()
  const counts = await receive()
  const milliseconds = performance.now() - begin
  if (counts.stdout !== stdout || counts.stderr !== stderr) {
    const wanted = `${stdout} + ${stderr}`
    throw new Error(`got ${counts.stdout} + ${counts.stderr} bytes of stdout and stderr instead of ${wanted}`)
  }
  return wire / 1000 / milliseconds
}
