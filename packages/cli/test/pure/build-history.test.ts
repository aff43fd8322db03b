// The command remembers from which folder a build was made, in the same files as docker.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { forgetBuild, recallBuild, rememberBuild } from '../../dist/build/history/local.js'
import { Cli } from '../../dist/cli.js'
import { aFolder } from '../support/scripted-engine.js'

it('builds are remembered by the context, beside the config.json that is in use', async (test) => {
  const config = await aFolder(test)
  const cli = aCli({ config, context: 'remote' })
  await rememberBuild(cli, 'ref', { context: '/src/app' })
  const text = await readFile(join(config, 'buildx/refs/remote/remote/ref'), 'utf8')
  assert.deepEqual(JSON.parse(text), { Target: 'default', LocalPath: '/src/app', DockerfilePath: '' })
  assert.equal((await recallBuild(cli, 'ref'))?.LocalPath, '/src/app')
  assert.equal(await recallBuild(aCli({ config }), 'ref'), undefined)
  await forgetBuild(cli, 'ref')
  assert.equal(await recallBuild(cli, 'ref'), undefined)
})

it('builds are remembered in the folder of BUILDX_CONFIG, if that is set', async (test) => {
  const folder = await aFolder(test)
  setBuildxConfig(test, folder)
  await rememberBuild(aCli({ config: await aFolder(test) }), 'ref', { remote: 'https://box/app.git' })
  assert.match(await readFile(join(folder, 'refs/default/default/ref'), 'utf8'), /https:\/\/box\/app\.git/)
})

function aCli(choice: ConstructorParameters<typeof Cli>[0]): Cli {
  const { stdin, stdout, stderr } = process
  return new Cli(
    { context: 'default', ...choice },
    { streams: { stdin, stdout, stderr }, builtIn: new Set() },
  )
}

function setBuildxConfig(test: TestContext, folder: string): void {
  const { BUILDX_CONFIG: before } = process.env
  process.env.BUILDX_CONFIG = folder
  test.after(() => {
    if (before === undefined) delete process.env.BUILDX_CONFIG
    else process.env.BUILDX_CONFIG = before
  })
}
