// @ts-check
/** `node stats-probe.mjs SOCKET WAY CONTAINERS SECONDS` follows stats, and prints the CPU milliseconds of a container and second. */
import { once } from 'node:events'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
// @ts-expect-error It comes without types, and there are none worth another package here.
import Docker from 'dockerode'
import { DockerClient } from 'dockline'

/** The Engine has answered everything, and code is compiled. */
const WARM_UP_MS = 2000

/** @type {Record<string, (socketPath: string, containers: number) => Promise<{ readonly count: () => number }>>} */
export const WAYS = {
  dockline: async (socketPath) => {
    const client = new DockerClient({ host: `unix://${socketPath}`, env: {} })
    let count = 0
    void (async () => {
      for await (const { containers } of client.stats())
        for (const { cpuPercent } of containers) count += +(cpuPercent >= 0)
    })()
    return { count: () => count }
  },
  dockerode: async (socketPath) => {
    const docker = new Docker({ socketPath })
    let count = 0
    for (const { Id } of await docker.listContainers()) {
      const stream = await docker.getContainer(Id).stats({ stream: true })
      createInterface({ input: stream }).on('line', (line) => {
        count += +(cpuPercentOf(JSON.parse(line)) >= 0)
      })
    }
    return { count: () => count }
  },
  'node:http': async (socketPath, containers) => {
    let count = 0
    for (let n = 0; n < containers; n++) {
      const asked = request({ socketPath, path: `/v1.51/containers/bench${n}/stats?stream=1` }).end()
      const [answer] = await once(asked, 'response')
      answer.on('data', (/** @type {Buffer} */ bytes) => {
        count += +(cpuPercentOf(JSON.parse(bytes.toString())) >= 0)
      })
    }
    return { count: () => count }
  },
}

/** @param {ReturnType<typeof import('./stats-sample.mjs').sampleOf>} sample */
function cpuPercentOf({ cpu_stats: now, precpu_stats: before }) {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage
  return (used / (now.system_cpu_usage - before.system_cpu_usage)) * now.online_cpus * 100
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()

async function main() {
  const [socketPath = '', way = '', containers, seconds] = process.argv.slice(2)
  const following = await WAYS[way]?.(socketPath, Number(containers))
  await pause(WARM_UP_MS)
  const [before, begin, first] = [process.cpuUsage(), performance.now(), following?.count() ?? 0]
  await pause(Number(seconds) * 1000)
  const { user, system } = process.cpuUsage(before)
  const passed = (performance.now() - begin) / 1000
  const measured = (following?.count() ?? 0) - first
  if (measured < Number(containers) * (passed - 1.5))
    throw new Error(`${way} got ${measured} measurements in ${passed} s`)
  process.stdout.write(JSON.stringify((user + system) / 1000 / Number(containers) / passed))
  process.exit()
}
