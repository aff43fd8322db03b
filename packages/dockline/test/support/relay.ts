import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./relay-program.js', import.meta.url))

/** A port of this machine that leads to a Unix socket. */
export interface Relay {
  readonly port: number
  /** Cuts the connections there are, as a network does that fails. */
  cut(): void
}

/** Gives what comes to a port of its own to the socket, and each direction ends by itself. */
export async function aRelay(test: Pick<TestContext, 'after'>, socket: string): Promise<Relay> {
  const open = new Set<Socket>()
  const cut = () => {
    for (const each of open) each.destroy()
  }
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: socket, allowHalfOpen: true })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    cut()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, cut }
}

/** A port of this machine that leads to a port in the network namespace of an Engine. */
export async function aRelayInto(
  test: Pick<TestContext, 'after'>,
  { pid, port }: { readonly pid: number; readonly port: number },
): Promise<Relay> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-relay-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  const socket = join(folder, 's')
  // Tied to this process, also when it is killed.
  const enter = ['--pdeathsig', 'KILL', 'nsenter', '--net', '--target', `${pid}`]
  const program = spawn('setpriv', [...enter, process.execPath, PROGRAM, socket, `${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  test.after(async () => {
    const exit = once(program, 'exit')
    if (program.kill('SIGKILL')) await exit
  })
  await once(program.stdout, 'data')
  return aRelay(test, socket)
}

/** A way to an Engine. It ends every hijacked connection when a test says so, as a proxy does that gives up. */
export interface EndingRelay {
  /** A socket, or with `tcp` a port. */
  readonly host: string
  /** Ends them towards the client, politely. */
  end(): void
  /** Resets them, which only a port can. */
  reset(): void
}

export async function anEndingRelay(
  test: Pick<TestContext, 'after'>,
  host: string,
  { tcp = false }: { readonly tcp?: boolean } = {},
): Promise<EndingRelay> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-relay-'))
  const open = new Set<Socket>()
  const hijacked = new Map<Socket, Socket>()
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: host.replace('unix://', ''), allowHalfOpen: true })
    near.pipe(far).pipe(near)
    // A connection may have carried other requests before.
    near.on('data', (head) => {
      if (/^upgrade: tcp/im.test(head.toString('latin1'))) hijacked.set(near, far)
    })
    for (const each of [near, far]) open.add(each.on('error', () => {}))
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  })
  const path = join(folder, 's')
  server.listen(tcp ? { port: 0, host: '127.0.0.1' } : { path })
  await once(server, 'listening')
  test.after(async () => {
    for (const each of open) each.destroy()
    server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const end = () => {
    for (const [near, far] of hijacked) {
      far.unpipe(near).resume()
      near.end()
    }
  }
  const reset = () => {
    for (const near of hijacked.keys()) near.resetAndDestroy()
  }
  const { port } = tcp ? (server.address() as AddressInfo) : { port: 0 }
  return { host: tcp ? `tcp://127.0.0.1:${port}` : `unix://${path}`, end, reset }
}
