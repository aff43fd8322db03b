// @ts-check
import { DockerClient, NotFoundError } from '../../packages/dockline/dist/index.js'
import { ensureImage, startEngine, stopEngine } from '../engine/index.mjs'

export const IMAGE = 'busybox:latest'

/** @typedef {{ client: DockerClient, host: string }} PictureEngine */
/** @typedef {{ say: (line: string) => void, signal: AbortSignal }} Surroundings */

/**
 * The Engine of DOCKER_HOST, else a throwaway one for as long as `use` takes. It has no containers and the image.
 * @param {Surroundings} surroundings
 * @param {(engine: PictureEngine) => Promise<void>} use
 */
export async function withEngine({ say, signal }, use) {
  const given = process.env.DOCKER_HOST
  if (given) return useEngine({ client: new DockerClient(), host: given }, signal, use)
  const name = `picture-${process.pid}`
  try {
    const { host } = await startEngine({ name, say, signal })
    await ensureImage(host, { name: IMAGE, say, signal })
    await useEngine({ client: new DockerClient({ host }), host }, signal, use)
  } finally {
    await stopEngine(name, { force: true })
  }
}

/**
 * @param {PictureEngine} engine
 * @param {AbortSignal} signal
 * @param {(engine: PictureEngine) => Promise<void>} use
 */
async function useEngine(engine, signal, use) {
  const { client } = engine
  try {
    await checkEmpty(client, signal)
    await needImage(client, signal)
    await use(engine)
  } finally {
    await client.close()
  }
}

/**
 * Lists on a picture are to be the same each time, and all containers are removed after it.
 * @param {DockerClient} client
 * @param {AbortSignal} signal
 */
async function checkEmpty(client, signal) {
  const { length } = await client.containers.list({ all: true, signal })
  if (length === 0) return
  throw new Error(
    `the Engine at ${client.address} has ${length} containers, and a picture needs one without: leave DOCKER_HOST out, ` +
      'and a throwaway one is started',
  )
}

/**
 * @param {DockerClient} client
 * @param {AbortSignal} signal
 */
async function needImage(client, signal) {
  try {
    await client.images.get(IMAGE, { signal })
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    await client.images.pull(IMAGE, { signal })
  }
}
