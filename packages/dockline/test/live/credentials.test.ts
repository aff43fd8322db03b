import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { ApiError, type ClientOptions, DockerClient } from '#src/index.js'
import { aConfig, aHelper, base64, type ConfigPlace } from '../support/credentials.js'
import { IMAGE, LABEL, onEveryEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { aRegistry, enginePid } from '../support/registry.js'

const LOGIN = { username: 'me', password: 's3cret' }

onEveryEngine((engine) => {
  it('pushes and pulls as whom the file has', async (test) => {
    const registry = await registryFor(test)
    if (registry === undefined) return
    const place = await aConfig(test, { auths: { [registry]: { auth: base64('me:s3cret') } } })
    await pushAndPull(test, registry, clientOf(test, place))
  })

  it('pushes and pulls as whom a credential helper has', async (test) => {
    const registry = await registryFor(test)
    if (registry === undefined) return
    const place = await aConfig(test, { credHelpers: { [registry]: 'own' } })
    const helper = await aHelper(place, 'own', { [registry]: ['me', 's3cret'] })
    await pushAndPull(test, registry, clientOf(test, place))
    assert.ok((await helper.calls()).every((call) => call === `get ${registry}`))
  })

  it('pushes and pulls after a login, and not after the logout', async (test) => {
    const registry = await registryFor(test)
    if (registry === undefined) return
    const place = await aConfig(test)
    const client = clientOf(test, place)
    const { Status } = await client.login({ ...LOGIN, serveraddress: registry })
    assert.equal(Status, 'Login Succeeded')
    const name = await pushAndPull(test, registry, client)
    assert.equal((await client.login({ serveraddress: registry })).Status, 'Login Succeeded')
    await client.logout(registry)
    assert.deepEqual(await place.read(), { auths: {} })
    for (const ask of [() => client.images.push(name), () => client.images.getRegistryData(name)]) {
      const failure = await failureOf(ask())
      assert.match(String(failure), /answered 401: does it want auth: .*, or a login\?/)
    }
  })

  it('builds and runs from a registry that wants a login', async (test) => {
    const registry = await registryFor(test)
    if (registry === undefined) return
    const place = await aConfig(test, { auths: { [registry]: { auth: base64('me:s3cret') } } })
    const client = clientOf(test, place)
    const name = await pushAndPull(test, registry, client)
    await client.images.remove(name)
    const dockerfileContent = `FROM ${name}\nLABEL ${LABEL}=from-login\n`
    const { image } = await client.images.build({ dockerfileContent })
    test.after(() => image.remove({ force: true }).catch(() => {}))
    assert.equal(image.labels[LABEL], 'from-login')
    await client.images.remove(name).catch(() => {})
    const { stdout } = await client.containers.run(name, ['echo', 'hello'], {
      remove: true,
      labels: { [LABEL]: '' },
    })
    assert.equal(stdout, 'hello\n')
  })

  it('stores nothing after a login that was refused', async (test) => {
    const registry = await registryFor(test)
    if (registry === undefined) return
    const place = await aConfig(test)
    const wrong = { username: 'me', password: 'gu3ssed', serveraddress: registry }
    const failure = await failureOf(clientOf(test, place).login(wrong))
    assert.ok(failure instanceof ApiError, inspect(failure))
    assert.doesNotMatch(inspect(failure, { depth: 9, showHidden: true }), /gu3ssed/)
    assert.equal(await place.read(), undefined)
  })

  /** What goes there and back as somebody is refused to nobody. */
  async function pushAndPull(test: TestContext, registry: string, client: DockerClient): Promise<string> {
    const name = `${registry}/${LABEL}/login:v1`
    await client.images.tag(IMAGE, name)
    test.after(() => engine.client.images.remove(name, { force: true }).catch(() => {}))
    const refused = await failureOf(client.images.push(name, { auth: {} }))
    assert.match(String(refused), new RegExp(`the registry ${registry} answered 401`))
    const { digest } = await client.images.push(name)
    await client.images.remove(name)
    assert.ok((await client.images.pull(name)).tags.includes(name))
    assert.equal((await client.images.getRegistryData(name)).id, digest)
    return name
  }

  function clientOf(test: TestContext, { env }: ConfigPlace, options: ClientOptions = {}): DockerClient {
    const client = new DockerClient({ host: engine.host, env, ...options })
    test.after(() => client.close())
    return client
  }

  async function registryFor(test: TestContext): Promise<string | undefined> {
    const pid = await enginePid(engine.host)
    if (pid !== undefined) return (await aRegistry(test, pid, LOGIN)).address
    test.skip('a registry can only be put beside an Engine that `npm run engine` has started')
    return undefined
  }
})
