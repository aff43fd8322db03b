// What must compile, and what must not: a line marked as an error that compiles fails the build.

import type { ContainerInspectResponse, ContainerSummary } from '#src/doors/api.js'
import type {
  CommandResult,
  Container,
  DockerClient,
  EngineEvent,
  Image,
  Network,
  OutputChunk,
  RunOptions,
  RunResult,
  Service,
  Session,
} from '#src/index.js'

declare const client: DockerClient
declare const container: Container

export async function results(): Promise<void> {
  const text: CommandResult = await container.exec(['a'], { env: { A: 1, B: null, C: undefined } })
  const run: RunResult = await client.containers.run('a')
  const bytes: RunResult<Buffer> = await client.containers.run('a', ['b'], { encoding: 'buffer' })
  const job: Container = await client.containers.run('a', 'b', { detach: true })
  const exec: CommandResult<Buffer> = await container.exec('a', { encoding: 'buffer' })
  const { id } = await container.exec('a', { detach: true })
  const session: Session = await container.spawn('a')
  // @ts-expect-error text is text unless bytes are asked for
  const wrong: Buffer = run.stdout
  // @ts-expect-error bytes are bytes
  const alsoWrong: string = bytes.stdout
  // @ts-expect-error a detached run has no exit code
  job.exitCode
  // @ts-expect-error a detached exec has no output
  const { stdout } = await container.exec('a', { detach: true })
  // For options that are only known when it runs, the result has to be looked at.
  const open = await client.containers.run('a', 'b', {} as RunOptions)
  // @ts-expect-error it may be a container
  open.exitCode
  void [text, exec, id, session, wrong, alsoWrong, stdout]
}

export async function files(): Promise<void> {
  const bytes: Buffer = await container.readFile('/a', { maxBytes: 1 })
  const text: string = await container.readFile('/a', { encoding: 'utf8' })
  const all: Record<string, string> = await container.readFiles('/a/*', { encoding: 'utf8' })
  await container.writeFiles('/b', all)
  await container.writeFiles('/b', {
    a: bytes,
    b: [text],
    c: { data: new Blob([]).stream(), size: 0, user: 0 },
  })
  // @ts-expect-error bytes unless text is asked for
  const wrong: string = await container.readFile('/a')
  // @ts-expect-error a file has content
  await container.writeFiles('/b', { a: { mode: 0o600 } })
  void wrong
}

export async function inputs(): Promise<void> {
  await container.exec('a', { input: new Blob(['a']).stream(), user: 0 })
  await container.exec('a', { input: (await fetch('a')).body ?? '' })
  await client.containers.run('a', 'b', { input: ['a', Buffer.from('b')] })
  // @ts-expect-error numbers are no input
  await container.exec('a', { input: [1] })
  // @ts-expect-error null is none either
  await container.exec('a', { input: null })
}

export async function attrs(): Promise<void> {
  const got = await client.containers.get('a')
  const state: ContainerInspectResponse['State'] = got.attrs.State
  const [listed] = await client.containers.list()
  const summary: ContainerSummary | undefined = listed?.summary
  // @ts-expect-error a list has not asked for details
  listed?.attrs.State
  const [detailed] = await client.containers.list({ inspect: true })
  const both: [ContainerInspectResponse | undefined, ContainerSummary | undefined] = [
    detailed?.attrs,
    detailed?.summary,
  ]
  const image: Image = await client.images.pull('a')
  const network: Network = await client.networks.get('a')
  const service: Service = await client.services.get('a')
  void [state, summary, both, image, network, service]
}

export async function options(): Promise<void> {
  const frozen = Object.freeze({ labels: Object.freeze({ a: 'b' }), capAdd: Object.freeze(['ALL']) } as const)
  await client.containers.create('a', ['b'] as const, frozen)
  await client.containers.create('a', 'b', { gpus: 'all', restart: { name: 'on-failure' } })
  await client.containers.create('a', 'b', { hostConfig: { Init: true }, config: { Domainname: 'c' } })
  await container.wait({ condition: 'next-exit' })
  // @ts-expect-error no such condition
  await container.wait({ condition: 'next-week' })
  // @ts-expect-error no such policy
  await client.containers.create('a', 'b', { restart: { name: 'sometimes' } })
  // @ts-expect-error no such option
  await client.containers.create('a', 'b', { enviroment: {} })
  // @ts-expect-error no such pull policy
  await client.containers.run('a', 'b', { pull: 'maybe' })
  // @ts-expect-error a signal aborts, a stopSignal stops
  await container.stop({ signal: 'SIGINT' })
}

export async function streams(): Promise<void> {
  for await (const chunk of container.logs({ follow: true })) {
    const { source, data }: OutputChunk = chunk
    const name: 'stdout' | 'stderr' = source
    void [name, data.length]
  }
  for await (const { time } of container.logs({ timestamps: true }).lines()) time.getTime()
  // @ts-expect-error there is no time unless it is asked for
  for await (const { time } of container.logs().lines()) void time
  for await (const { line } of container.logs().lines()) line.toUpperCase()
  for await (const event of client.events({ filters: { type: 'container' } })) {
    const typed: EngineEvent = event
    void typed
  }
  // @ts-expect-error a line is text
  for await (const { line } of container.logs().lines()) line.length = 0
}
