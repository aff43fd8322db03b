// @ts-check
import { start, terminalSize } from '../../packages/dockline/dist/terminal/index.js'

/**
 * A shell in a fresh container, on this terminal. The container is gone when one leaves.
 * @param {import('./engine.mjs').Ready & import('./engine.mjs').Surroundings} surroundings
 * @returns {Promise<number>} the shell's exit code
 */
export async function openShell({ client, image, say, signal }) {
  const container = await client.containers.create(image, ['sh'], {
    tty: true,
    interactive: true,
    hostname: 'dockline',
    env: { PS1: '\\u@\\h:\\w\\$ ' },
    hostConfig: consoleSize(),
    signal,
  })
  try {
    say(`a shell in container ${container.shortId} (${image}); leave it with 'exit'`)
    const { exitCode, detached } = await start(container, { signal })
    if (detached) say('detached')
    return exitCode ?? 0
  } finally {
    await container.remove({ force: true, volumes: true })
    say('the container is gone')
  }
}

/** So that the shell has the right size from its first moment on; Engines before API 1.42 learn it just after. */
function consoleSize() {
  const size = terminalSize(process.stdout)
  return size && { ConsoleSize: /** @type {[number, number]} */ ([size.rows, size.columns]) }
}
