// @ts-check
/** The `dockline` command, docker's own, and a real Engine for both (`DOCKER_HOST`, or one is started). */
import { fileURLToPath } from 'node:url'
import { DockerClient } from 'dockline'
import * as engine from '../scripts/engine/index.mjs'

export const BIN = fileURLToPath(new URL('../packages/cli/bin/dockline.cjs', import.meta.url))
export const IMAGE = 'busybox:latest'

/**
 * Both get the same. Node 20 reads the certificates that NODE_EXTRA_CA_CERTS names before a program's first line: as long
 * again as it takes to start, and nothing that a program could change.
 */
const { NODE_EXTRA_CA_CERTS: _slow, ...env } = process.env
export const ENV = env

/** Docker's own command, or the one that is compared with in its place, such as another build of dockline. */
export const dockerCommand = async () => process.env.DOCKLINE_BENCH_DOCKER ?? (await engine.dockerCommand())

/** @typedef {{ host: string, docker: string, client: DockerClient }} Scene */

/**
 * @template T
 * @param {(scene: Scene) => AsyncGenerator<T>} measure
 * @returns {AsyncGenerator<T>}
 */
export async function* onEngine(measure) {
  const given = process.env.DOCKER_HOST
  const name = `bench-${process.pid}`
  const host = given ?? (await engine.startEngine({ suite: 'sid', name })).host
  try {
    if (given === undefined) await engine.ensureImage(host)
    const client = new DockerClient({ host })
    yield* measure({ host, docker: await dockerCommand(), client })
    await client.close()
  } finally {
    if (given === undefined) await engine.stopEngine(name, { force: true })
  }
}
