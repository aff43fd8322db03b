import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { packPath } from '#src/archive/index.js'
import { ApiError, ConflictError, InvalidArgumentError, NotFoundError, type Plugin } from '#src/index.js'
import { temporaryFolder, writeFiles } from '../support/archives.js'
import { LABEL, onEveryEngine, type TestEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { aRegistry, enginePid } from '../support/registry.js'

/** On every Debian and Ubuntu: what can listen on a Unix socket without anything being installed. */
const PERL = '/usr/bin/perl'
const perl = await librariesOf(PERL)

onEveryEngine((engine) => {
  const { plugins } = engine.client

  describe('plugins', () => {
    it('are made of a folder, found, listed and removed', async (test) => {
      const plugin = await aPlugin(test, engine, await aFolder(['/none']))
      assert.deepEqual([plugin.enabled, plugin.settings.Env], [false, ['DEBUG=0']])
      assert.equal(plugin.attrs.Config.Description, 'of a test')
      assert.equal((await plugins.get(plugin.name)).id, plugin.id)
      assert.equal((await plugins.get(plugin.id)).name, plugin.name)
      assert.ok((await idsOf(engine, { enabled: false })).includes(plugin.id))
      assert.ok(!(await idsOf(engine, { enabled: true })).includes(plugin.id))
      await plugin.remove()
      assert.ok((await failureOf(plugins.get(plugin.name))) instanceof NotFoundError)
      assert.ok((await failureOf(plugin.remove())) instanceof NotFoundError)
    })

    it('are made of a tar', async (test) => {
      const plugin = await aPlugin(test, engine, await packPath(`${await aFolder(['/none'])}/.`))
      assert.deepEqual(plugin.attrs.Config.Entrypoint, ['/none'])
    })

    it('are configured with what they say can be set', async (test) => {
      const plugin = await aPlugin(test, engine, await aFolder(['/none']))
      await plugin.configure({ DEBUG: 1 })
      assert.deepEqual(plugin.settings.Env, ['DEBUG=1'])
      const refused = await failureOf(plugin.configure({ OTHER: 'x' }))
      assert.ok(refused instanceof ApiError)
      assert.match(refused.explanation, /OTHER.* not found in the plugin configuration/)
      assert.deepEqual((await plugin.reload()).settings.Env, ['DEBUG=1'])
    })

    it('cannot have the name of another one', async (test) => {
      const folder = await aFolder(['/none'])
      const { name } = await aPlugin(test, engine, folder)
      const error = await failureOf(plugins.create({ name, context: folder }))
      assert.ok(error instanceof ConflictError, String(error))
      assert.match(error.explanation, /already exists/)
    })

    it('are not enabled when their program is not there', async (test) => {
      const plugin = await aPlugin(test, engine, await aFolder(['/none']))
      const error = await failureOf(plugin.enable())
      assert.ok(error instanceof ApiError)
      assert.match(error.explanation, /no such file or directory/)
      assert.equal((await plugin.reload()).enabled, false)
      assert.ok((await failureOf(plugin.disable())) instanceof ApiError)
    })

    const skip = perl === undefined && `there is no ${PERL} on this machine`
    it('are enabled, left alone while they are, disabled and removed', { skip }, async (test) => {
      const plugin = await aPlugin(test, engine, await aListeningFolder())
      await plugin.enable({ enableTimeout: '10s' })
      assert.equal(plugin.enabled, true)
      assert.ok((await idsOf(engine, { enabled: true })).includes(plugin.id))
      assert.ok((await failureOf(plugin.configure({ DEBUG: 1 }))) instanceof ApiError)
      assert.match(String(await failureOf(plugin.remove())), /is enabled/)
      await plugin.disable()
      assert.equal(plugin.enabled, false)
      await plugin.enable()
      await plugin.remove({ force: true })
      assert.ok((await failureOf(plugin.inspect())) instanceof NotFoundError)
    })

    it('are pushed, installed and not yet enabled, and upgraded; the last message of each has all of it done', async (test) => {
      const pid = await enginePid(engine.host)
      if (pid === undefined)
        return test.skip('a registry can only be put beside an Engine of `npm run engine`')
      const { address } = await aRegistry(test, pid)
      const name = `${address}/${LABEL}/plugin:v1`
      const made = await aPlugin(test, engine, await aFolder(['/none']), name)
      assert.equal(await lastFraction(made.push()), 1)
      await made.remove()
      const install = plugins.install(name, { privileges: () => true })
      assert.equal(await lastFraction(install), 1)
      const installed = await install
      assert.deepEqual([installed.name, installed.enabled], [name, false])
      const upgrade = installed.upgrade({ privileges: () => true })
      assert.equal(await lastFraction(upgrade), 1)
      assert.equal((await upgrade).enabled, false)
    })

    it('are refused by the Engine without a config.json in the tar', async (test) => {
      const folder = await temporaryFolder()
      await writeFiles(folder, { 'rootfs/file': '' })
      const error = await failureOf(aPlugin(test, engine, await packPath(`${folder}/.`)))
      assert.ok(error instanceof ApiError)
      assert.match(error.explanation, /config/)
    })

    it('are refused here when the folder is none of a plugin', async (test) => {
      const folder = await temporaryFolder()
      const error = await failureOf(aPlugin(test, engine, folder))
      assert.ok(error instanceof InvalidArgumentError)
      assert.ok(error.message.includes(join(folder, 'rootfs')))
    })
  })
})

let made = 0

async function aPlugin(
  test: TestContext,
  { client }: TestEngine,
  context: string | Readable,
  name = `${LABEL}-${process.pid}-${++made}:latest`,
): Promise<Plugin> {
  const plugin = await client.plugins.create({ name, context })
  test.after(() => plugin.remove({ force: true }).catch(() => {}))
  return plugin
}

async function lastFraction(transfer: {
  progress(): AsyncIterable<{ readonly fraction: number }>
}): Promise<number | undefined> {
  let last: number | undefined
  for await (const { fraction } of transfer.progress()) last = fraction
  return last
}

async function idsOf({ client }: TestEngine, filters: { enabled: boolean }): Promise<string[]> {
  return (await client.plugins.list({ filters })).map(({ id }) => id)
}

let folders = 0

/**
 * A plugin that has this to run, as `docker plugin create` takes it. It is like no other: an Engine that is still removing the
 * content of a plugin refuses the same content.
 */
async function aFolder(entrypoint: readonly string[]): Promise<string> {
  const folder = await temporaryFolder()
  const own = `${process.pid}-${++folders}`
  const config = {
    description: 'of a test',
    documentation: own,
    entrypoint,
    interface: { types: ['docker.dummy/1.0'], socket: 'test.sock' },
    network: { type: 'none' },
    linux: { capabilities: [] },
    env: [{ name: 'DEBUG', description: '', settable: ['value'], value: '0' }],
  }
  await writeFiles(folder, { 'config.json': JSON.stringify(config), 'rootfs/etc/plugin': own })
  return folder
}

/** Takes every connection: that is all an Engine wants of a plugin that it does not know the kind of. */
const LISTEN = `
  socket(SERVER, 1, 1, 0) && bind(SERVER, pack("S a108", 1, "/run/docker/plugins/test.sock")) or die $!;
  listen(SERVER, 5);
  accept(CLIENT, SERVER) while 1;
`

async function aListeningFolder(): Promise<string> {
  const folder = await aFolder([PERL, '-e', LISTEN])
  for (const file of [PERL, ...(perl ?? [])]) {
    const copy = join(folder, 'rootfs', file)
    await mkdir(dirname(copy), { recursive: true })
    await copyFile(file, copy)
  }
  return folder
}

/** The libraries that a program is linked with; undefined without the program, or what tells. */
async function librariesOf(program: string): Promise<string[] | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ldd', [program])
    return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, file = '']) => file)
  } catch {
    return undefined
  }
}
