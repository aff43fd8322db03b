// `up` and `down` of a recipe with dockerode-compose, told as JSON. `node compose.mjs FOLDER RECIPE
// PROJECT`: the folder that it is installed in, with dockerode or with what takes its place.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [folder, recipe, project] = process.argv.slice(2)
const load = createRequire(join(folder, 'package.json'))
const Docker = load('dockerode')
const Compose = load('dockerode-compose')

const docker = new Docker()
const compose = new Compose(docker, recipe, project)
const up = await compose.up()
const all = await docker.listContainers({ all: true })
const running = all.filter(({ Names }) => Names.some((name) => name.includes(project)))
const [web] = running.filter(({ Names }) => Names.some((name) => name.includes('web')))
const { Mounts, NetworkSettings, Config } = await docker.getContainer(web.Id).inspect()
const { Volumes } = await docker.listVolumes({ filters: JSON.stringify({ name: [project] }) })
const told = {
  services: up.services.length,
  running: running.map(({ Names, State }) => [Names[0], State]).sort(),
  mounts: Mounts.map(({ Type, Destination }) => [Type, Destination]),
  networks: Object.keys(NetworkSettings.Networks),
  word: Config.Env.filter((entry) => entry.startsWith('WORD=')),
  volumes: Volumes.map(({ Name }) => Name),
}
await compose.down({ volumes: true })
const left = (await docker.listContainers({ all: true })).filter(({ Names }) =>
  Names.some((name) => name.includes(project)),
)
process.stdout.write(JSON.stringify({ ...told, left: left.length }), () => process.exit(0))
