import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

/** A folder that is gone after the test. */
export async function aFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-cli-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Something that answers HTTP on a Unix socket, and the address of it. */
export async function aServer(test: TestContext, answer: RequestListener): Promise<string> {
  const socket = join(await aFolder(test), 'engine.sock')
  const server = createServer(answer).listen(socket)
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `unix://${socket}`
}

export interface Recorded {
  readonly host: string
  /** The bodies of the creates, in the order they came. */
  readonly creates: { readonly path: string; readonly body: unknown }[]
}

/** An Engine that takes every container for created and started, and remembers what was asked for. */
export async function aRecordingEngine(test: TestContext, apiVersion: string): Promise<Recorded> {
  const creates: Recorded['creates'] = []
  const host = await aServer(test, async (request, response) => {
    response.setHeader('Api-Version', apiVersion)
    response.setHeader('Ostype', 'linux')
    if (request.url?.includes('/containers/create')) {
      creates.push({ path: request.url.replace(/^\/v[\d.]+/, ''), body: await json(request) })
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"Id":"abc","Warnings":[]}')
    } else if (request.url?.endsWith('/start')) response.writeHead(204).end()
    else response.writeHead(200).end('OK')
  })
  return { host, creates }
}
