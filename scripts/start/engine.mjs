// @ts-check
import { ConnectionError, DockerClient, fromEnv } from '../../packages/dockline/dist/index.js'
import { ensureImage, startEngine, stopEngine } from '../engine/index.mjs'

/**
 * @typedef {object} Surroundings
 * @property {(line: string) => void} say
 * @property {AbortSignal} signal
 */
/** @typedef {{ client: DockerClient, image: string }} Ready */

/** Any of these will do; the first one that is there is used. */
const SMALL_IMAGES = ['alpine:latest', 'busybox:latest', 'alpine', 'busybox']

/**
 * Finds an Engine, or starts one for as long as `use` takes, and makes sure that it has a small image.
 * @param {Surroundings} surroundings
 * @param {(ready: Ready) => Promise<void>} use
 */
export async function withEngine(surroundings, use) {
  const found = await findEngine(surroundings)
  if (found) return useClient(found, surroundings, use)
  const name = `start-${process.pid}`
  try {
    const { host } = await startOurOwn(name, surroundings)
    await useClient(new DockerClient({ host }), surroundings, use)
  } finally {
    surroundings.say('stopping the throwaway Engine')
    await stopEngine(name, { force: true })
  }
}

/**
 * The Engine the docker command would use, else a throwaway one that was started by hand.
 * @param {Surroundings} surroundings
 */
async function findEngine({ say, signal }) {
  const client = fromEnv()
  try {
    await client.ping({ signal, timeout: 5000 })
    say(`found the Engine at ${client.address}`)
    return client
  } catch (error) {
    await client.close()
    if (!(error instanceof ConnectionError)) throw error
    // An address that was named is meant: another Engine in its place would surprise.
    if (process.env.DOCKER_HOST || process.env.DOCKER_CONTEXT) throw error
    say(error.message)
    return undefined
  }
}

/**
 * @param {string} name
 * @param {Surroundings} surroundings
 */
async function startOurOwn(name, { say, signal }) {
  say('starting a throwaway Engine of its own, with its own data and network')
  const started = Date.now()
  try {
    const engine = await startEngine({ suite: 'machine', name, say, signal })
    say(`Docker Engine ${engine.version} is up after ${((Date.now() - started) / 1000).toFixed(1)} s`)
    return engine
  } catch (cause) {
    if (signal.aborted) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    const advice =
      'Install and start Docker, or set DOCKER_HOST to an Engine that runs; then `npm start` again.'
    throw new Error(`no Engine answers, and none could be started: ${reason}\n  ${advice}`, { cause })
  }
}

/**
 * @param {DockerClient} client
 * @param {Surroundings} surroundings
 * @param {(ready: Ready) => Promise<void>} use
 */
async function useClient(client, surroundings, use) {
  try {
    await use({ client, image: await smallImage(client, surroundings) })
  } finally {
    await client.close()
  }
}

/**
 * @param {DockerClient} client
 * @param {Surroundings} surroundings
 */
async function smallImage(client, { say, signal }) {
  const tags = new Set((await client.images.list({ signal })).flatMap(({ tags }) => tags))
  const there = SMALL_IMAGES.find((name) => tags.has(name))
  if (there) return there
  try {
    say('making a busybox image')
    return (await ensureImage(client.address, { say, signal })).name
  } catch (error) {
    if (signal.aborted) throw error
    say(`that did not work (${error instanceof Error ? error.message : error}); pulling busybox instead`)
    await client.images.pull('busybox', { signal })
    return 'busybox:latest'
  }
}
