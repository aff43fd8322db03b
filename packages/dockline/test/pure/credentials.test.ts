import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import {
  allCredentials,
  type CredentialPlace,
  eraseCredentials,
  findCredentials,
  storeCredentials,
} from '#src/config/credentials/credentials.js'
import { updateConfigFile } from '#src/config/save.js'
import { writeWhole } from '#src/config/write-whole.js'
import { readConfig } from '#src/doors/syntax.js'
import { CredentialsError } from '#src/index.js'
import { aConfig, aHelper, aProgram, base64, type ConfigPlace } from '../support/credentials.js'
import { failureOf } from '../support/failure.js'
import { outOfFiles } from '../support/out-of-files.js'

const HUB = 'https://index.docker.io/v1/'

function placeOf({ env }: ConfigPlace, more: Readonly<Record<string, string>> = {}): CredentialPlace {
  const all = { ...env, ...more }
  return { env: all, helperEnv: all }
}

describe('whose credentials are taken', () => {
  const SOURCES = ['environment', 'credHelpers', 'credsStore', 'auths'] as const
  for (let present = 0; present < 16; present += 1) {
    const there = SOURCES.filter((_, index) => present & (1 << index))
    const [winner] = there
    it(`of ${there.join(', ') || 'nothing'}: ${winner ?? 'nobody'}`, async (test) => {
      const place = await aConfig(test, {
        ...(there.includes('auths') && { auths: { 'r.io': { auth: base64('auths:pw') } } }),
        ...(there.includes('credsStore') && { credsStore: 'all' }),
        ...(there.includes('credHelpers') && { credHelpers: { 'r.io': 'own' } }),
      })
      await aHelper(place, 'all', { 'r.io': ['credsStore', 'pw'] })
      await aHelper(place, 'own', { 'r.io': ['credHelpers', 'pw'] })
      const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { 'r.io': { auth: base64('environment:pw') } } })
      const from = placeOf(place, there.includes('environment') ? { DOCKER_AUTH_CONFIG } : {})
      const expected = winner && { username: winner, password: 'pw', serveraddress: 'r.io' }
      assert.deepEqual(await findCredentials(from, 'r.io'), expected)
      assert.equal((await allCredentials(from))['r.io']?.username, winner)
      assert.equal(await findCredentials(from, 'other.io'), undefined)
    })
  }

  it('a helper that has none hides what the file has, and an empty one for the registry does not', async (test) => {
    const auths = { 'r.io': { auth: base64('file:pw') }, 's.io': { auth: base64('file:pw') } }
    const place = await aConfig(test, { auths, credsStore: 'all', credHelpers: { 's.io': '' } })
    await aHelper(place, 'all')
    assert.equal(await findCredentials(placeOf(place), 'r.io'), undefined)
    assert.equal((await findCredentials(placeOf(place), 's.io'))?.username, 'file')
  })

  it('a helper is asked by the exact name, and anew each time', async (test) => {
    const place = await aConfig(test, { credsStore: 'all' })
    const helper = await aHelper(place, 'all', { [HUB]: ['<token>', 'idt'] })
    for (let call = 0; call < 2; call += 1) {
      const found = await findCredentials(placeOf(place), HUB)
      assert.deepEqual(found, { identitytoken: 'idt', serveraddress: HUB })
    }
    assert.deepEqual(await helper.calls(), [`get ${HUB}`, `get ${HUB}`])
  })

  it('DOCKER_AUTH_CONFIG only counts when it is just as it should be', async (test) => {
    const place = await aConfig(test, { auths: { 'r.io': { auth: base64('file:pw') } } })
    const auth = base64('environment:pw')
    const wrong = [
      'nope',
      '[]',
      `{"auths":{"r.io":{"auth":"${auth}"}}} {}`,
      `{"auths":{"r.io":{"auth":"${auth}"}},"credsStore":"x"}`,
      `{"auths":{"r.io":{"auth":"${auth}","email":"x"}}}`,
      '{"auths":{"r.io":{}}}',
      '{"auths":{"r.io":{"auth":"%%"}}}',
    ]
    for (const DOCKER_AUTH_CONFIG of wrong) {
      const found = await findCredentials(placeOf(place, { DOCKER_AUTH_CONFIG }), 'r.io')
      assert.equal(found?.username, 'file', DOCKER_AUTH_CONFIG)
    }
  })

  it('what is installed counts where nothing is said about credentials, and is noted at a login', async (test) => {
    if (process.platform !== 'linux') return test.skip('each platform has another one')
    const place = await aConfig(test, { psFormat: 'x' })
    const helper = await aHelper(place, 'secretservice', { 'r.io': ['me', 'pw'] })
    assert.equal((await findCredentials(placeOf(place), 'r.io'))?.username, 'me')
    await storeCredentials(placeOf(place), { registry: 's.io', auth: { username: 'me', password: 'pw' } })
    assert.deepEqual(await place.read(), {
      auths: { 's.io': {} },
      psFormat: 'x',
      credsStore: 'secretservice',
    })
    assert.deepEqual((await helper.read())['s.io'], { Username: 'me', Secret: 'pw' })
  })
})

describe('what a file may look like', () => {
  const ME = { username: 'me', password: 'p:w' }
  const auth = base64('me:p:w')
  const forms: Readonly<Record<string, [config: unknown, registry: string, expected: object | undefined]>> = {
    'of today': [{ auths: { 'r.io': { auth } } }, 'r.io', { ...ME, serveraddress: 'r.io' }],
    'with an address of old': [
      { auths: { 'https://r.io/v1/': { auth, email: 'x' } } },
      'r.io',
      { ...ME, serveraddress: 'https://r.io/v1/' },
    ],
    'with a port in an address of old': [
      { auths: { 'http://r.io:5000': { auth } } },
      'r.io:5000',
      { ...ME, serveraddress: 'http://r.io:5000' },
    ],
    'without auths': [{ 'r.io': { auth, email: 'x' } }, 'r.io', { ...ME, serveraddress: 'r.io' }],
    'without auths, for Docker Hub': [{ [HUB]: { auth } }, HUB, { ...ME, serveraddress: HUB }],
    'with the two apart': [{ auths: { 'r.io': ME } }, 'r.io', { ...ME, serveraddress: 'r.io' }],
    'with a token': [
      { auths: { 'r.io': { auth: base64('me:'), identitytoken: 'idt' } } },
      'r.io',
      { username: 'me', password: '', identitytoken: 'idt', serveraddress: 'r.io' },
    ],
    'with a token for the registry': [
      { auths: { 'r.io': { registrytoken: 't' } } },
      'r.io',
      { registrytoken: 't', serveraddress: 'r.io' },
    ],
    'filled up with zeros': [
      { auths: { 'r.io': { auth: base64('me:pw\0\0') } } },
      'r.io',
      { username: 'me', password: 'pw', serveraddress: 'r.io' },
    ],
    'with keys in other letters': [{ AUTHS: { 'r.io': { auth } } }, 'r.io', { ...ME, serveraddress: 'r.io' }],
    'with an empty entry': [{ auths: { 'r.io': {} } }, 'r.io', undefined],
    'with null': [{ auths: null }, 'r.io', undefined],
    'of nothing': ['', 'r.io', undefined],
    'of other settings': [{ proxies: { 'tcp://x:1': { httpProxy: 'auth' } } }, 'tcp://x:1', undefined],
    'with a key of JavaScript': [{ auths: {} }, 'constructor', undefined],
  }
  for (const [name, [config, registry, expected]] of Object.entries(forms)) {
    it(name, async (test) => {
      const place = await aConfig(test, config)
      const found = await findCredentials(placeOf(place), registry)
      const told = found && Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''))
      const meant =
        expected && Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== ''))
      assert.deepEqual(told, meant)
    })
  }

  for (const [name, text] of Object.entries({
    'lines of ~/.dockercfg': `auth = ${auth}\nemail = me@example.com\n`,
    'JSON of ~/.dockercfg': JSON.stringify({ [HUB]: { auth, email: 'x' } }),
    'JSON of ~/.dockercfg with auths': JSON.stringify({ auths: { [HUB]: { auth } } }),
  })) {
    it(name, async (test) => {
      const { folder } = await aConfig(test)
      await writeFile(join(folder, '.dockercfg'), text)
      const env = { HOME: folder, PATH: '' }
      const place = { env, helperEnv: env }
      assert.equal((await findCredentials(place, HUB))?.password, 'p:w')
      await storeCredentials(place, { registry: 'r.io', auth: { username: 'you', password: 'pw' } })
      assert.deepEqual(Object.keys(readConfig(env).auths ?? {}), [HUB, 'r.io'])
      assert.equal((await findCredentials(place, HUB))?.password, 'p:w')
    })
  }
})

it('keys of config.json are known in upper and lower case, and others stay as they are', async (test) => {
  const { env } = await aConfig(test, {
    CURRENTCONTEXT: 'one',
    httpheaders: { a: 'b' },
    Other: 1,
    currentcontext: 'two',
  })
  assert.deepEqual(readConfig(env), { currentContext: 'two', HttpHeaders: { a: 'b' }, Other: 1 })
})

it('what is behind the object of config.json is not read', async (test) => {
  const place = await aConfig(test, `{"auths":{"r.io":{"auth":"${base64('me:pw')}"}}} {"auths":`)
  assert.equal((await findCredentials(placeOf(place), 'r.io'))?.password, 'pw')
})

describe('what is broken is told, and never what it holds', () => {
  const secret = base64('me:s3cret')
  const broken: Readonly<Record<string, [config: unknown, message: RegExp]>> = {
    'no JSON': [`{"auths":{"r.io":{"auth":"${secret}"`, /config\.json is not valid JSON/],
    'no object': [`["${secret}"]`, /config\.json must hold a JSON object/],
    'auths of another kind': [{ auths: [secret] }, /auths in .*config\.json must be an object/],
    'an entry of another kind': [{ auths: { 'r.io': secret } }, /auths\['r\.io'\] in .* must be an object/],
    'no base64': [{ auths: { 'r.io': { auth: `s3cret%` } } }, /auth of auths\['r\.io'\] .*base64/],
    'no colon': [
      { auths: { 'r.io': { auth: base64('s3cret') } } },
      /auth of auths\['r\.io'\] .*"user:password"/,
    ],
    'a token that is none': [
      { auths: { 'r.io': { identitytoken: ['s3cret'] } } },
      /identitytoken of .* must be a string/,
    ],
    'a helper that is none': [
      { credsStore: '../s3cret' },
      /credsStore in .* is not the name of a credential helper/,
    ],
    'a helper of another kind': [
      { credHelpers: { 'r.io': 7 } },
      /credHelpers\['r\.io'\] in .* must be a string/,
    ],
    'a helper that is not there': [
      { credsStore: 'gone' },
      /docker-credential-gone is not on PATH \(credsStore in/,
    ],
  }
  for (const [name, [config, message]] of Object.entries(broken)) {
    it(name, async (test) => {
      const place = await aConfig(test, config)
      const failure = await failureOf(findCredentials(placeOf(place), 'r.io'))
      assert.ok(failure instanceof CredentialsError, inspect(failure))
      assert.match(failure.message, message)
      assert.doesNotMatch(inspect(failure, { depth: 9, showHidden: true }), /s3cret(?!')|czNjcmV0|OnMzY3JldA/)
    })
  }

  const helpers: Readonly<Record<string, [code: string, message: RegExp]>> = {
    'a helper that fails, in its own words': [
      "console.log('no credentials server URL'); process.exit(1)",
      /docker-credential-bad get failed: no credentials server URL \(it ended with 1\)/,
    ],
    'a helper that fails on stderr': [
      "console.error('the vault is locked'); process.exit(3)",
      /the vault is locked \(it ended with 3\)/,
    ],
    'a helper that says nothing': ['process.exit(4)', /get failed: it ended with 4/],
    'a helper that says too much': [
      'console.log(\'{"Secret":"s3cret"}\'); process.exit(1)',
      /it ended with 1/,
    ],
    'a helper that does not answer with JSON': [
      "console.log('s3cret')",
      /get did not answer with a JSON object/,
    ],
    'a helper without end': ["console.log('s3cret'.repeat(400000))", /get wrote more than/],
    'a helper that is killed': ["process.kill(process.pid, 'SIGKILL')", /it ended with SIGKILL/],
  }
  for (const [name, [code, message]] of Object.entries(helpers)) {
    it(name, async (test) => {
      const place = await aConfig(test, { credsStore: 'bad' })
      await aProgram(place, 'bad', code)
      const failure = await failureOf(findCredentials(placeOf(place), 'r.io'))
      assert.ok(failure instanceof CredentialsError, inspect(failure))
      assert.match(failure.message, message)
      assert.doesNotMatch(inspect(failure, { depth: 9, showHidden: true }), /s3cret/)
    })
  }

  it('a helper that repeats what it was to keep', async (test) => {
    const place = await aConfig(test, { credsStore: 'bad' })
    await aProgram(
      place,
      'bad',
      "console.log('cannot keep ' + JSON.parse(input)['Sec' + 'ret']); process.exit(1)",
    )
    const failure = await failureOf(
      storeCredentials(placeOf(place), { registry: 'r.io', auth: { username: 'me', password: 's3cret' } }),
    )
    assert.match(String(failure), /store failed: cannot keep \*\*\*/)
    assert.deepEqual(await place.read(), { credsStore: 'bad' })
  })

  it('what is broken leaves a build the others', async (test) => {
    const auths = { 'a.io': { auth: base64('file:pw') }, 'odd.io': { auth: '!!' } }
    const place = await aConfig(test, {
      auths,
      credsStore: 'gone',
      credHelpers: { 'b.io': 'own', 'c.io': 'bad', 'd.io': 7, 'e.io': '../x' },
    })
    await aHelper(place, 'own', { 'b.io': ['own', 'pw'] })
    await aProgram(place, 'bad', 'process.exit(1)')
    assert.deepEqual(Object.keys(await allCredentials(placeOf(place))), ['a.io', 'b.io'])
  })

  it('leaves out a whole config.json that cannot be read, and keeps what the environment has', async (test) => {
    const place = await aConfig(test, '{"auths":')
    const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { 'r.io': { auth: base64('me:pw') } } })
    assert.deepEqual(Object.keys(await allCredentials(placeOf(place, { DOCKER_AUTH_CONFIG }))), ['r.io'])
  })
})

describe('a helper', () => {
  it('is killed when the call is given up', async (test) => {
    const place = await aConfig(test, { credsStore: 'slow' })
    const started = join(place.folder, 'started')
    await aProgram(
      place,
      'slow',
      `require('fs').writeFileSync(${JSON.stringify(started)}, String(process.pid)); setInterval(() => {}, 1e6)`,
    )
    const controller = new AbortController()
    const failure = failureOf(findCredentials(placeOf(place), 'r.io', controller))
    const pid = await contentOf(started)
    controller.abort(new Error('enough'))
    assert.equal(String(await failure), 'Error: enough')
    await gone(Number(pid))
  })

  it('is not even started for a call that was given up before', async (test) => {
    const place = await aConfig(test, { credsStore: 'all' })
    const helper = await aHelper(place, 'all')
    const signal = AbortSignal.abort(new Error('enough'))
    assert.equal(
      String(await failureOf(findCredentials(placeOf(place), 'r.io', { signal }))),
      'Error: enough',
    )
    assert.deepEqual(await helper.calls(), [])
  })

  it('that cannot be started for want of open files rejects', async (test) => {
    const place = await aConfig(test, { credsStore: 'all' })
    await aHelper(place, 'all')
    outOfFiles(test)
    const error = await failureOf(findCredentials(placeOf(place), 'r.io'))
    assert.ok(error instanceof CredentialsError, String(error))
    assert.match(String(error.cause), /EMFILE/)
  })

  it('runs with the variables that are for it alone', async (test) => {
    const place = await aConfig(test, { credsStore: 'env' })
    await aProgram(place, 'env', "console.log(JSON.stringify({ Username: 'me', Secret: process.env.VAULT }))")
    const env = place.env
    const found = await findCredentials({ env, helperEnv: { ...env, VAULT: 'blue' } }, 'r.io')
    assert.equal(found?.password, 'blue')
  })
})

const windows =
  process.platform === 'win32' ? 'Windows has no modes, and asks for rights to make links' : false

describe('what is stored', { skip: windows }, () => {
  const ME = { username: 'me', password: 'pw' }

  it('makes a file that only its owner reads, as docker writes it', async (test) => {
    const place = await aConfig(test)
    const env = { ...place.env, DOCKER_CONFIG: join(place.folder, 'new', 'deep') }
    await storeCredentials({ env, helperEnv: env }, { registry: 'r.io', auth: ME })
    const path = join(env.DOCKER_CONFIG, 'config.json')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.equal((await stat(env.DOCKER_CONFIG)).mode & 0o777, 0o700)
    assert.equal(
      await readFile(path, 'utf8'),
      `{\n\t"auths": {\n\t\t"r.io": {\n\t\t\t"auth": "${base64('me:pw')}"\n\t\t}\n\t}\n}`,
    )
  })

  it('leaves the other keys where they are, the mode as it is, and a link a link', async (test) => {
    const place = await aConfig(test)
    const real = join(place.folder, 'real')
    await mkdir(real)
    const target = join(real, 'settings.json')
    const before = { zzz: { keep: [1] }, auths: { 'a.io': { auth: base64('a:b'), email: 'x' } }, aaa: 'x' }
    await writeFile(target, JSON.stringify(before))
    await chmod(target, 0o640)
    await symlink('real/settings.json', place.path)
    await storeCredentials(placeOf(place), { registry: 'r.io', auth: { ...ME, identitytoken: 'idt' } })
    assert.ok((await lstat(place.path)).isSymbolicLink())
    assert.equal((await stat(target)).mode & 0o777, 0o640)
    const after = JSON.parse(await readFile(target, 'utf8'))
    assert.deepEqual(Object.keys(after), ['zzz', 'auths', 'aaa'])
    assert.deepEqual(after.auths, {
      ...before.auths,
      'r.io': { auth: base64('me:pw'), identitytoken: 'idt' },
    })
    await eraseCredentials(placeOf(place), 'r.io')
    assert.deepEqual(JSON.parse(await readFile(target, 'utf8')), before)
  })

  it('goes to the helper, and leaves nothing in the file', async (test) => {
    const place = await aConfig(test, {
      auths: { 'r.io': { auth: base64('old:old') } },
      credHelpers: { 'r.io': 'own' },
    })
    const helper = await aHelper(place, 'own')
    await storeCredentials(placeOf(place), { registry: 'r.io', auth: ME })
    assert.deepEqual(await helper.read(), { 'r.io': { Username: 'me', Secret: 'pw' } })
    assert.deepEqual(await place.read(), { auths: { 'r.io': {} }, credHelpers: { 'r.io': 'own' } })
    await storeCredentials(placeOf(place), {
      registry: 'r.io',
      auth: { username: 'me', identitytoken: 'idt' },
    })
    assert.deepEqual(await helper.read(), { 'r.io': { Username: '<token>', Secret: 'idt' } })
    await eraseCredentials(placeOf(place), 'r.io')
    assert.deepEqual(
      [await helper.read(), await place.read()],
      [{}, { auths: {}, credHelpers: { 'r.io': 'own' } }],
    )
  })

  it('turns a file of old into one of today, with all it had', async (test) => {
    const place = await aConfig(test, { [HUB]: { auth: base64('a:b') }, psFormat: 'x' })
    await storeCredentials(placeOf(place), { registry: 'r.io', auth: ME })
    assert.deepEqual(await place.read(), {
      auths: { [HUB]: { auth: base64('a:b') }, 'r.io': { auth: base64('me:pw') } },
      psFormat: 'x',
    })
  })

  it('is erased under every name it may have, and Docker Hub with its tokens', async (test) => {
    const entry = { auth: base64('a:b') }
    const ofHub = { [HUB]: entry, [`${HUB}access-token`]: entry, [`${HUB}refresh-token`]: entry }
    const ofRegistry = { 'r.io': entry, 'https://r.io': entry, 'https://r.io/v1/': entry }
    const place = await aConfig(test, { auths: { ...ofHub, ...ofRegistry, 'x.r.io': entry } })
    await eraseCredentials(placeOf(place), 'r.io')
    assert.deepEqual(await place.read(), { auths: { ...ofHub, 'x.r.io': entry } })
    await eraseCredentials(placeOf(place), HUB)
    assert.deepEqual(await place.read(), { auths: { 'x.r.io': entry } })
  })

  it('writes nothing when nothing changes', async (test) => {
    const text = `{"auths":{"r.io":{"auth":"${base64('me:pw')}"}}}`
    const place = await aConfig(test, text)
    await storeCredentials(placeOf(place), { registry: 'r.io', auth: ME })
    await eraseCredentials(placeOf(place), 's.io')
    assert.equal(await readFile(place.path, 'utf8'), text)
  })

  it('is all there when many are stored at once', async (test) => {
    const place = await aConfig(test, { zzz: 1 })
    const registries = Array.from({ length: 40 }, (_, index) => `r${index}.io`)
    await Promise.all(registries.map((registry) => storeCredentials(placeOf(place), { registry, auth: ME })))
    const { auths = {} } = (await place.read()) as { auths?: object }
    assert.deepEqual(Object.keys(auths).sort(), [...registries].sort())
  })

  it('waits for nobody, whatever a lock of old looks like', async (test) => {
    const place = await aConfig(test, {})
    const lock = `${place.path}.lock`
    const tomorrow = new Date(Date.now() + 86_400_000)
    await writeFile(lock, '')
    await utimes(lock, tomorrow, tomorrow)
    await storeCredentials(placeOf(place), { registry: 'r.io', auth: ME })
    await rm(lock)
    await symlink('/nowhere/at/all', lock)
    await storeCredentials(placeOf(place), { registry: 's.io', auth: ME })
    assert.equal((await findCredentials(placeOf(place), 'r.io'))?.password, 'pw')
    assert.equal((await findCredentials(placeOf(place), 's.io'))?.password, 'pw')
    assert.deepEqual(
      (await readdir(place.folder)).filter((name) => name.endsWith('.tmp')),
      [],
    )
  })

  it('is made anew to what somebody has stored meanwhile, however slow this one is', async (test) => {
    const place = await aConfig(test, { zzz: 1 })
    let tries = 0
    await updateConfigFile(place.folder, (config) => {
      tries += 1
      if (tries === 1) writeFileSync(place.path, JSON.stringify({ ...config, theirs: 'kept' }))
      return { ...config, ours: 'kept' }
    })
    assert.deepEqual([await place.read(), tries], [{ zzz: 1, theirs: 'kept', ours: 'kept' }, 2])
  })

  it('is told not to be when others never stop changing the file', async (test) => {
    const place = await aConfig(test, { zzz: 1 })
    let count = 0
    const storing = updateConfigFile(place.folder, (config) => {
      count += 1
      writeFileSync(place.path, JSON.stringify({ count }))
      return { ...config, ours: 'lost' }
    })
    assert.match(String(await failureOf(storing)), /cannot write .*config\.json: others have changed it/)
    assert.deepEqual(await place.read(), { count })
  })

  it('is written where nobody can have put a link before, and nothing stays when it is refused', async (test) => {
    const { folder, path } = await aConfig(test, {})
    const drafts = ['one', 'two'].map((content) => {
      let draft = ''
      const prepare = (name: string) => {
        draft = name
        assert.equal(statSync(name).mode & 0o777, 0o640)
        return content === 'one'
      }
      assert.equal(writeWhole(path, content, { mode: 0o640, prepare }), content === 'one')
      return draft
    })
    assert.notEqual(drafts[0], drafts[1])
    assert.equal(await readFile(path, 'utf8'), 'one')
    assert.deepEqual((await readdir(folder)).sort(), ['bin', 'config.json'])
  })
})

async function contentOf(file: string): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text !== '') return text
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}
