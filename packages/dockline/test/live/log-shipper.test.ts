import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Container, ContainerLogLine, DockerClient, FollowedLogs, LogLine } from '#src/index.js'
import { anOwnEngine, canStartEngines, IMAGE, LABEL } from '../support/engines.js'
import { PATIENT } from '../support/patience.js'

/** The full count is 10 containers and 5 restarts, of the suites machine and sid. */
const CONTAINERS = Number(process.env.DOCKLINE_TEST_SHIPPED_CONTAINERS) || 3
const RESTARTS = Number(process.env.DOCKLINE_TEST_SHIPPED_RESTARTS) || 1
const SUITE = process.env.DOCKLINE_TEST_SHIPPED_SUITE || 'machine'

/** Counts on stdout, and every fifth time on stderr; once with a line so long that the Engine cuts it. */
const COUNTING = `
  head -c 40000 /dev/zero | tr '\\0' x; echo; i=0
  while :; do i=$((i+1)); echo $i; [ $((i % 5)) = 0 ] && echo $i >&2; sleep 0.1; done`

describe('a log shipper', { skip: canStartEngines ? false : 'making Engines needs root on Linux' }, () => {
  it('gives every line once, over restarts of the Engine and of its own', PATIENT, async (test) => {
    const { client, crash } = await anOwnEngine(test, SUITE, ['--live-restore'])
    test.after(() => client.close())
    const made = await Promise.all(Array.from({ length: CONTAINERS }, (_, index) => aCounter(client, index)))
    const shipper = new Shipper(client)
    for (let restart = 0; restart < RESTARTS; restart += 1) {
      await shipper.seesMore(made)
      await crash()
      await shipper.seesMore(made)
      await shipper.restart()
    }
    await Promise.all(made.map((container) => container.kill()))
    const kept = await Promise.all(made.map(logOf))
    await shipper.hasSeen(kept.flat().length)
    for (const [index, { id }] of made.entries()) assert.deepEqual(shipper.linesOf(id), kept[index])
    await shipper.stop()
  })
})

function aCounter(client: DockerClient, index: number) {
  return client.containers.run(IMAGE, ['sh', '-c', COUNTING], {
    ...{ name: `counter-${index}`, detach: true, init: true, network: 'host' },
    labels: { [LABEL]: 'shipped' },
  })
}

/** What the Engine has in the end. */
async function logOf(container: Container): Promise<string[]> {
  await container.wait()
  const lines: string[] = []
  for await (const line of container.logs({ timestamps: true }).lines()) lines.push(keyOf(line))
  return lines.sort()
}

function keyOf({ source, timestamp, line }: Pick<LogLine, 'source' | 'timestamp' | 'line'>): string {
  return `${source} ${timestamp} ${line}`
}

class Shipper {
  readonly #client: DockerClient
  readonly #lines: ContainerLogLine[] = []
  #logs: FollowedLogs
  #reading: Promise<void>

  constructor(client: DockerClient) {
    this.#client = client
    this.#logs = client.followAll({ filters: { label: `${LABEL}=shipped` } })
    this.#reading = this.#read()
  }

  /** Begins anew with what a file would have kept. */
  async restart(): Promise<void> {
    await this.stop()
    const position = JSON.parse(JSON.stringify(this.#logs.position))
    this.#logs = this.#client.followAll({ filters: { label: `${LABEL}=shipped` }, position })
    this.#reading = this.#read()
  }

  async stop(): Promise<void> {
    this.#logs.cancel()
    await this.#reading
  }

  /** Resolves when each of them has written some more. */
  async seesMore(containers: readonly Container[]): Promise<void> {
    const wanted = containers.map(({ id }) => this.linesOf(id).length + 5)
    await this.#until(() =>
      containers.every(({ id }, index) => this.linesOf(id).length >= (wanted[index] ?? 0)),
    )
  }

  async hasSeen(count: number): Promise<void> {
    await this.#until(() => this.#lines.length >= count)
  }

  linesOf(id: string): string[] {
    return this.#lines
      .filter(({ container }) => container.id === id)
      .map(keyOf)
      .sort()
  }

  async #read(): Promise<void> {
    for await (const line of this.#logs) this.#lines.push(line)
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds())
      await Promise.race([pause(50), this.#reading.then(() => assert.fail('the reading has ended'))])
  }
}
