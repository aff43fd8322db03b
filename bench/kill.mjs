// @ts-check
/** The time that it takes to end a command in a container, beside that of running a container. */
import { compare, medianOf, ratioOf } from './harness.mjs'
import { IMAGE, onEngine } from './real-engine.mjs'

const TARGET = 1.3

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* kill({ quick }) {
  yield* onEngine(async function* ({ client }) {
    const options = { network: 'none', init: true, remove: true }
    const container = await client.containers.run(IMAGE, ['sleep', '3600'], { ...options, detach: true })
    try {
      const ours = { name: 'kill', run: () => endCommand(container) }
      const peer = { name: 'run', run: () => timeOf(() => client.containers.run(IMAGE, ['true'], options)) }
      const figures = await compare([ours, peer], quick ? 3 : 20)
      const shown = (/** @type {string} */ name) => `${Math.round(medianOf(figures, name) ?? 0)} ms`
      yield {
        what: 'an exec with `kill: true`, from its abort to its rejection',
        value: shown('kill'),
        peer: `a \`run\` of true ${shown('run')}`,
        ratio: ratioOf(figures, 'kill', 'run'),
        target: TARGET,
        atMost: true,
      }
    } finally {
      await container.remove({ force: true })
    }
  })
}

/** @param {import('dockline').Container} container */
async function endCommand(container) {
  const controller = new AbortController()
  const options = { kill: true, stdin: false, signal: controller.signal }
  const session = await container.spawn(['sh', '-c', 'echo ready; sleep 600; echo'], options)
  await session.output.lines().next()
  return timeOf(() => {
    controller.abort(new Error('enough'))
    return session.exit.catch(() => {})
  })
}

/**
 * Returns the milliseconds that an action takes.
 * @param {() => Promise<unknown>} action
 */
async function timeOf(action) {
  const begin = performance.now()
  await action()
  return performance.now() - begin
}
