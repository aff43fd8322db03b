// @ts-check
/**
 * A canned Engine, run as a process of its own: `node engine.mjs SOCKET`. It answers the few calls of the benchmarks with
 * bytes made before, over plain `node:net`, so that what is measured is the client.
 */
import { createServer } from 'node:net'
import { blockOf, streamOf } from './frames.mjs'
import { sampleOf } from './stats-sample.mjs'

const API_HEADERS = 'Api-Version: 1.51\r\nOstype: linux\r\nServer: Docker/28.5.2 (linux)\r\n'
const PING_HEAD = Buffer.from(`HTTP/1.1 200 OK\r\n${API_HEADERS}Content-Length: 0\r\n\r\n`)
const PING = Buffer.from(
  `HTTP/1.1 200 OK\r\n${API_HEADERS}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK`,
)
const STREAM_TYPE = 'Content-Type: application/vnd.docker.multiplexed-stream\r\n'
const UPGRADED = `HTTP/1.1 101 UPGRADED\r\n${STREAM_TYPE}Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n`
const CHUNKED = `HTTP/1.1 200 OK\r\n${STREAM_TYPE}Transfer-Encoding: chunked\r\n\r\n`
/** An HTTP chunk of a log. */
const CHUNK = 32 * 1024

/** @typedef {import('node:net').Socket} Socket */

const [socketPath] = process.argv.slice(2)
createServer({ noDelay: true }, serve).listen(socketPath, () => process.send?.('listening'))
process.once('disconnect', () => process.exit())

/** @param {Socket} socket */
function serve(socket) {
  let text = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1')
    for (let end = endOfRequest(text); end !== -1; end = endOfRequest(text)) {
      answer(socket, text.slice(0, text.indexOf('\r\n')))
      text = text.slice(end)
    }
  })
}

/** @param {string} text */
function endOfRequest(text) {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return -1
  const head = text.slice(0, end)
  const length = head.startsWith('POST') ? Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0) : 0
  return text.length >= end + 4 + length ? end + 4 + length : -1
}

/**
 * @param {Socket} socket
 * @param {string} line
 */
function answer(socket, line) {
  const [method, target = ''] = line.split(' ', 2)
  if (target.endsWith('/_ping')) return void socket.write(method === 'HEAD' ? PING_HEAD : PING)
  if (target.includes('/events')) return void socket.write(JSON_STREAM)
  if (/\/containers\/json/.test(target)) return sendJson(socket, CONTAINERS)
  const [, kind, name, call] = /\/(containers|exec)\/([^/]+)\/(\w+)/.exec(target) ?? []
  if (name === undefined) return void socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
  if (call === 'stats') return sendStats(socket, name)
  if (call === 'json') return sendJson(socket, kind === 'exec' ? EXEC : { ...CONTAINER, Id: name })
  const block = blockOf(streamOf(name)).bytes
  const { blocks } = streamOf(name)
  if (call === 'logs')
    sendBlocks(socket, { begin: CHUNKED, block: inChunks(block), blocks, end: '0\r\n\r\n' })
  else sendBlocks(socket, { begin: UPGRADED, block, blocks, end: '' })
}

const EXEC = { Running: false, ExitCode: 0, OpenStdin: false, ProcessConfig: { tty: false } }
const CONTAINER = { Name: '/bench', Config: { Tty: false }, State: { Running: true } }

const CONTAINERS = Array.from({ length: 100 }, (_, n) => ({
  ...{ Id: `bench${n}`, Names: [`/bench${n}`], Image: 'bench', Labels: {}, State: 'running' },
}))
const JSON_STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'

/**
 * One measurement a second, until the client has enough.
 * @param {Socket} socket
 * @param {string} id
 */
function sendStats(socket, id) {
  socket.write(JSON_STREAM)
  let second = 0
  const send = () => {
    const line = `${JSON.stringify(sampleOf(id, second++))}\n`
    socket.write(`${line.length.toString(16)}\r\n${line}\r\n`)
  }
  send()
  const timer = setInterval(send, 1000)
  socket.on('close', () => clearInterval(timer))
}

/**
 * @param {Socket} socket
 * @param {object} value
 */
function sendJson(socket, value) {
  const body = JSON.stringify(value)
  const headers = `${API_HEADERS}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`
  socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n${body}`)
}

/**
 * Sends as fast as the socket takes it, and hangs up.
 * @param {Socket} socket
 * @param {{ begin: string, block: Buffer, blocks: number, end: string }} stream
 */
function sendBlocks(socket, { begin, block, blocks, end }) {
  socket.write(begin)
  let left = blocks
  const send = () => {
    while (left > 0) {
      left -= 1
      if (!socket.write(block)) return
    }
    socket.off('drain', send)
    socket.end(end)
  }
  socket.on('drain', send)
  send()
}

/** @param {Buffer} block */
function inChunks(block) {
  const parts = []
  for (let at = 0; at < block.length; at += CHUNK) {
    const part = block.subarray(at, at + CHUNK)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}
