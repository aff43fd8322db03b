// What one of the two commands has logged in to, the other can use.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { docker, dockline } from '../support/dockline.js'
import { IMAGE, LABEL, onEveryEngine } from '../support/engines.js'
import { aRegistry, enginePid } from '../support/registry.js'
import { aFolder } from '../support/scripted-engine.js'
import { withoutDocker } from '../support/tools.js'

const LOGIN = { username: 'me', password: 's3cret' }

onEveryEngine((engine) => {
  const { host, client } = engine
  for (const [name, first, second] of [
    ['dockline uses what docker has stored', docker, dockline],
    ['docker uses what dockline has stored', dockline, docker],
  ] as const) {
    it(name, { skip: withoutDocker }, async (test) => {
      const registry = await registryFor(test)
      if (registry === undefined) return
      const image = `${registry}/${LABEL}/login:v1`
      await client.images.tag(IMAGE, image)
      test.after(() => client.images.remove(image, { force: true }).catch(() => {}))
      const env = { DOCKER_CONFIG: await aFolder(test) }
      const did = async (command: typeof docker, args: readonly string[], input = '') => {
        const { exitCode, stdout, stderr } = await command(host, args, { env, input })
        assert.doesNotMatch(stdout + stderr, /s3cret/)
        return { exitCode, said: stdout + stderr }
      }
      const wrong = await did(first, ['login', '-u', 'me', '--password-stdin', registry], 'gu3ssed')
      assert.equal(wrong.exitCode, 1, wrong.said)
      assert.equal(await readFile(join(env.DOCKER_CONFIG, 'config.json')).catch(() => 'none'), 'none')
      const login = await did(first, ['login', '-u', 'me', '--password-stdin', registry], LOGIN.password)
      assert.match(login.said, /Login Succeeded/)
      assert.equal((await did(second, ['login', registry])).exitCode, 0)
      assert.equal((await did(second, ['push', image])).exitCode, 0)
      await client.images.remove(image)
      assert.equal((await did(second, ['pull', '-q', image])).exitCode, 0)
      assert.equal((await did(second, ['logout', registry])).exitCode, 0)
      const refused = await did(first, ['push', image])
      assert.equal(refused.exitCode, 1)
      assert.match(refused.said, /no basic auth credentials/)
    })
  }

  async function registryFor(test: TestContext): Promise<string | undefined> {
    const pid = await enginePid(host)
    if (pid !== undefined) return aRegistry(pid, LOGIN)
    test.skip('a registry can only be put beside an Engine that `npm run engine` has started')
    return undefined
  }
})
