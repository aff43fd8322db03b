// @ts-check
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ConflictError, NotFoundError } from '../../packages/dockline/dist/index.js'
import { ROOT } from '../lib/prepare.mjs'
import { drawScreen } from './draw.mjs'
import { IMAGE } from './engine.mjs'
import { PROMPT } from './scenes.mjs'
import { Session } from './session.mjs'

/** @typedef {import('./engine.mjs').PictureEngine & { signal: AbortSignal }} Stage */

/**
 * Plays a scene in a shell and draws its last screen. No container is left, also when it fails.
 * @param {import('./scenes.mjs').Scene} scene
 * @param {Stage} stage
 */
export async function takePicture(scene, stage) {
  const home = mkdtempSync(join(tmpdir(), 'dockline-picture-'))
  try {
    putCommand(home)
    await startContainers(scene, stage)
    const session = new Session('sh', {
      ...scene.window,
      home,
      env: environment(home, stage.host),
      signal: stage.signal,
    })
    try {
      await session.prompt(PROMPT)
      await scene.play(session)
      writeFileSync(join(ROOT, scene.file), drawScreen(session.screen(), scene))
    } finally {
      await session.close()
    }
  } finally {
    await removeContainers(stage)
    rmSync(home, { recursive: true })
  }
}

/**
 * Makes `dockline` a command, as an installation does.
 * @param {string} folder
 */
function putCommand(folder) {
  const file = join(folder, 'dockline')
  const bin = join(ROOT, 'packages/cli/bin/dockline.cjs')
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
  chmodSync(file, 0o755)
}

/**
 * Of this machine, nothing but the locale's characters may be seen.
 * @param {string} home
 * @param {string} host
 */
function environment(home, host) {
  const { NO_COLOR: _color, ENV: _startup, DOCKER_CONTEXT: _context, ...rest } = process.env
  return {
    ...rest,
    HOME: home,
    PATH: `${home}${delimiter}${rest.PATH}`,
    PS1: `\x1b[1;32m${PROMPT}\x1b[m `,
    LC_ALL: 'C.UTF-8',
    DOCKER_HOST: host,
    DOCKER_CONFIG: home,
  }
}

/**
 * @param {import('./scenes.mjs').Scene} scene
 * @param {Stage} stage
 */
async function startContainers({ containers = [] }, { client, signal }) {
  for (const { name, script } of containers) {
    const options = { name, init: true, memory: '64m', detach: true, signal }
    await client.containers.run(IMAGE, ['sh', '-c', script], options)
  }
}

/**
 * All there are: there was none before, and what a scene has made carries no mark.
 * @param {Stage} stage
 */
async function removeContainers({ client }) {
  const containers = await client.containers.list({ all: true })
  await Promise.all(
    containers.map((container) => container.remove({ force: true, volumes: true }).catch(checkGoing)),
  )
}

/**
 * What runs with `--rm` may be going by itself.
 * @param {unknown} error
 */
function checkGoing(error) {
  if (!(error instanceof NotFoundError || error instanceof ConflictError)) throw error
}
