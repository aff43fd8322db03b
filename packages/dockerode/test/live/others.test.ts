import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onNewestUnlessAsked, type TestEngine } from '../../../dockline/dist-test/support/engines.js'
import { PATIENT } from '../../../dockline/dist-test/support/patience.js'
import { enginePid } from '../../../dockline/dist-test/support/registry.js'
import { type Installed, install } from '../support/installed.js'
import { installPackages } from '../support/npm.js'

const run = promisify(execFile)
const PROGRAMS = fileURLToPath(new URL('../../test/programs/', import.meta.url))
const DOCS = fileURLToPath(new URL('../../../../docs/coming-from-dockerode.md', import.meta.url))
const TSC = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url))
const PACKAGES = { testcontainers: '12.1.0' }
const BESIDE = { ...PACKAGES, 'dockerode-compose': '1.4.0' }
/** More than it has with dockerode is more than it needs. */
const MOST_PACKAGES = 130

/** Whatever of it is left by a run that failed is of no other run. */
const PROJECT = `composed${process.pid}`

/** It needs a newer Node than this package does. */
const NODE = isNewEnough() ? process.execPath : process.env.DOCKLINE_NODE22

/** Answers as ryuk does, and removes nothing. */
const RYUK = `FROM busybox:latest
CMD ["sh", "-c", "echo Started; while true; do nc -l -p 8080 -e sh -c 'while read l; do echo ACK; done'; done"]
`

async function compile(folder: string, ...files: readonly string[]): Promise<void> {
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022']
  await run(process.execPath, [TSC, ...options, '--types', 'node', ...files], { cwd: folder }).catch(
    ({ stdout }) => assert.fail(stdout),
  )
}

describe('programs on dockerode, with the drop-in in its place', () => {
  let theirs: Installed
  let ours: Installed

  before(async () => {
    theirs = await install(BESIDE, { overridden: false })
    ours = await install(PACKAGES, { overridden: true })
    await addCompose(ours)
  })

  after(() => Promise.all([theirs, ours].map(({ folder }) => rm(folder, { recursive: true, force: true }))))

  it('install fewer packages', (test) => {
    test.diagnostic(`testcontainers: ${ours.count} packages, and 173 with dockerode`)
    assert.ok(ours.count <= MOST_PACKAGES, `${ours.count} packages`)
  })

  it('find their types in @types/dockerode', async () => {
    await cp(join(PROGRAMS, 'types.ts'), join(ours.folder, 'types.mts'))
    await compile(ours.folder, 'types.mts')
  })

  it('find them under its own name by the file that the docs show', async () => {
    const program = await readFile(join(PROGRAMS, 'types.ts'), 'utf8')
    const [, file = ''] = /^```typescript\n([\s\S]*?)^```/m.exec(await readFile(DOCS, 'utf8')) ?? []
    await writeFile(join(ours.folder, 'drop-in.d.ts'), file)
    await writeFile(join(ours.folder, 'own.mts'), program.replace("'dockerode'", "'dockline-dockerode'"))
    await compile(ours.folder, 'drop-in.d.ts', 'own.mts')
  })

  onNewestUnlessAsked((engine) => {
    before(async () => {
      await engine.client.images.build({ dockerfileContent: RYUK, tag: 'fake-ryuk:1' })
    })

    after(async () => {
      const { containers } = engine.client
      for (const filters of [{ label: 'org.testcontainers' }, { name: PROJECT }])
        for (const container of await containers.list({ all: true, filters }))
          await container.remove({ force: true, volumes: true }).catch(() => {})
      for (const network of await engine.client.networks.list({ filters: { name: PROJECT } }))
        await network.remove()
      await engine.client.close()
    })

    it('testcontainers gives the same, of all that runs offline', {
      skip: NODE ? false : 'it needs Node 22.22: set DOCKLINE_NODE22',
    }, async () => {
      const [expected, got] = [await contained(theirs, engine), await contained(ours, engine)]
      assert.deepEqual(got, expected)
      const failed = Object.entries(got).filter(([, result]) => (result as { error?: string }).error)
      assert.deepEqual(
        failed.map(([name]) => name),
        ['a wait that is in vain'],
      )
    })

    it('dockerode-compose puts up a recipe and takes it down', async () => {
      const recipe = await aRecipe()
      const env = { ...process.env, DOCKER_HOST: engine.host }
      const { stdout } = await run(
        process.execPath,
        [join(PROGRAMS, 'compose.mjs'), ours.folder, recipe, PROJECT],
        {
          env,
          ...PATIENT,
        },
      )
      const told = JSON.parse(stdout)
      assert.deepEqual(
        told.running.map(([, state]: [string, string]) => state),
        ['running', 'running'],
      )
      assert.deepEqual(told.mounts, [['volume', '/data']])
      assert.equal(told.networks.length, 1)
      assert.deepEqual([told.volumes.length, told.word, told.left], [1, ['WORD=given'], 0])
    })
  })
})

async function contained({ folder }: Installed, { host }: TestEngine): Promise<Record<string, unknown>> {
  const pid = await enginePid(host)
  const program = [NODE as string, join(PROGRAMS, 'testcontainers.mjs'), folder]
  // The ports of containers are those of the Engine's own network.
  const [command, ...args] = pid === undefined ? program : ['nsenter', '-t', `${pid}`, '-n', ...program]
  const { stdout } = await run(command as string, args, {
    ...PATIENT,
    env: {
      ...process.env,
      DOCKER_HOST: host,
      RYUK_CONTAINER_IMAGE: 'fake-ryuk:1',
      TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
      TESTCONTAINERS_REUSE_ENABLE: 'true',
    },
  })
  return JSON.parse(stdout)
}

/** Counted apart: it is no part of testcontainers. */
async function addCompose({ folder }: Installed): Promise<void> {
  await installPackages(folder, ['dockerode-compose@1.4.0'])
}

async function aRecipe(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'composed-'))
  await mkdir(join(folder, 'app'))
  await writeFile(
    join(folder, 'app/Dockerfile'),
    'FROM busybox:latest\nARG WORD\nENV WORD=$WORD\nCMD ["sleep", "600"]\n',
  )
  await writeFile(
    join(folder, 'docker-compose.yml'),
    `version: '3.9'
services:
  web:
    image: composed-web
    build:
      context: ./app
      args:
        WORD: given
    volumes:
      - data:/data
    networks:
      - back
  other:
    image: busybox:latest
    command: ['sleep', '600']
    networks:
      - back
volumes:
  data: {}
networks:
  back: {}
`,
  )
  return join(folder, 'docker-compose.yml')
}

function isNewEnough(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 22)
}
