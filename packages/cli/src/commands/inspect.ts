import { ApiError, type DockerClient } from 'dockline'
import { type Path, path, Segments } from 'dockline/api'
import type { Cli } from '../cli.js'
import { defineCommand } from '../command.js'
import { ExitError, requireName } from '../errors.js'
import { bool, text } from '../flags/flag.js'
import { type Found, inspectEach, inspectFormatFlag } from '../inspect.js'

const flags = {
  format: inspectFormatFlag,
  size: bool('Display total file sizes if the type is container', 's'),
  type: text('Only inspect objects of the given type'),
}

interface Kind {
  /** What Go reads it into. */
  readonly type: string
  readonly path: (name: string) => Path
  /** Whether only a manager of a swarm knows of any. */
  readonly swarm?: boolean
  readonly sized?: boolean
  readonly query?: Readonly<Record<string, boolean>>
}

/** In the order docker looks for a name. */
const KINDS: Readonly<Record<string, Kind>> = {
  container: {
    type: 'container.InspectResponse',
    path: (name) => path`/containers/${name}/json`,
    sized: true,
  },
  image: { type: 'image.InspectResponse', path: (name) => path`/images/${new Segments(name)}/json` },
  network: { type: 'network.Inspect', path: (name) => path`/networks/${name}` },
  volume: { type: 'volume.Volume', path: (name) => path`/volumes/${name}` },
  service: {
    type: 'swarm.Service',
    path: (name) => path`/services/${name}`,
    swarm: true,
    query: { insertDefaults: true },
  },
  task: { type: 'swarm.Task', path: (name) => path`/tasks/${name}`, swarm: true },
  node: { type: 'swarm.Node', path: (name) => path`/nodes/${name}`, swarm: true },
  plugin: { type: '*types.Plugin', path: (name) => path`/plugins/${new Segments(name)}/json` },
  secret: { type: 'swarm.Secret', path: (name) => path`/secrets/${name}`, swarm: true },
  config: { type: 'swarm.Config', path: (name) => path`/configs/${name}`, swarm: true },
}

export const command = defineCommand({
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { format, size, type }, given, operands }) {
    if (given.has('type')) checkType(type)
    const finder = new Finder(cli, await cli.client(), size)
    const look = (name: string) => (type === undefined ? finder.anything(name) : finder.one(type, name))
    return inspectEach({ cli, names: operands, format, look })
  },
})

function checkType(type = ''): void {
  if (Object.hasOwn(KINDS, type)) return
  const names = Object.keys(KINDS)
    .sort()
    .map((name) => `"${name}"`)
  const wrong = type === '' ? 'type is empty' : `unknown type: "${type}"`
  throw new ExitError(`${wrong}: must be one of ${names.join(', ')}`)
}

class Finder {
  readonly #cli: Cli
  readonly #client: DockerClient
  readonly #size: boolean
  #manager: Promise<boolean> | undefined

  constructor(cli: Cli, client: DockerClient, size: boolean) {
    this.#cli = cli
    this.#client = client
    this.#size = size
  }

  /** Looks among all that there is; the first that has the name is meant. */
  async anything(name: string): Promise<Found> {
    for (const [type, { swarm }] of Object.entries(KINDS)) {
      if (swarm && !(await this.#isManager())) continue
      try {
        return await this.one(type, name)
      } catch (error) {
        if (!isOtherKind(error)) throw error
      }
    }
    throw new ExitError(`Error: No such object: ${name}`)
  }

  async one(type: string, name: string): Promise<Found> {
    const kind = (KINDS[type] ?? KINDS.container) as Kind
    const query = kind.sized && this.#size ? { size: true } : kind.query
    const path = kind.path(requireName(name, type))
    const text = await this.#client.api.http.text({ method: 'GET', path, query })
    if (this.#size && !kind.sized) this.#cli.complain(`WARNING: --size ignored for ${type}`)
    return { text, type: kind.type }
  }

  #isManager(): Promise<boolean> {
    this.#manager ??= this.#client.info().then(({ Swarm }) => Swarm?.ControlAvailable === true)
    return this.#manager
  }
}

/** No object of this kind has the name, or no object can have such a name. */
function isOtherKind(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.status === 404 || /not supported|invalid reference format/.test(error.explanation)
}
