// login and logout beside docker's own: on the same Engine they say the same and leave the same file.
import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { type CommandOptions, docker, dockline, type Ended } from '../support/dockline.js'
import { DocklineScreen } from '../support/screen.js'
import { aFolder, aServer } from '../support/scripted-engine.js'
import { withoutDocker } from '../support/tools.js'

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Steps on one config.json: the words of each command, or what it reads from stdin before them. */
interface Scene {
  readonly config?: object
  readonly env?: Readonly<Record<string, string>>
  readonly steps: readonly (
    | readonly string[]
    | { readonly input: string; readonly args: readonly string[] }
  )[]
}

const SCENES: Readonly<Record<string, Scene>> = {
  'a first login': { steps: [['login', '-u', 'me', '-p', 'pw', 'r.io:5']] },
  'a password on stdin': {
    steps: [
      { input: 'pw\r\n', args: ['login', '-u', 'me', '--password-stdin', 'r.io'] },
      { input: ' \npw\n\n', args: ['login', '-u', 'me', '--password-stdin', 'r.io'] },
      { input: '\u0085pw\u3000\r', args: ['login', '-u', ' me ', '--password-stdin', 'r.io'] },
      ['login', '-u', 'me\n', '-p', ' pw ', 's.io'],
      { input: '\ufeffpw', args: ['login', '-u', 'me', '--password-stdin', 'r.io'] },
      { input: 'p w', args: ['login', '--username=me', '--password-stdin'] },
      { input: '', args: ['login', '-u', 'me', '--password-stdin', 'r.io'] },
    ],
  },
  'Docker Hub, by no name and by its own': {
    steps: [
      ['login', '-u', 'me', '-p', 'pw'],
      ['login'],
      ['logout'],
      ['login', '-u', 'me', '-p', 'pw', 'docker.io'],
    ],
  },
  'an address': {
    steps: [
      ['login', '-u', 'me', '-p', 'pw', 'https://r.io:5/v1/'],
      ['logout', 'https://r.io:5/v2/'],
    ],
  },
  'a token in the answer': {
    steps: [
      ['login', '-u', 'me', '-p', 'token', 'r.io'],
      ['login', 'r.io'],
    ],
  },
  'a wrong password': {
    steps: [
      ['login', '-u', 'me', '-p', 'wrong', 'r.io'],
      ['login', 'r.io'],
    ],
  },
  'credentials that are stored': {
    config: { auths: { 'r.io': { auth: base64('me:pw') }, 's.io': { auth: base64('me:wrong') } } },
    steps: [
      ['login', 'r.io'],
      ['login', 's.io'],
      ['logout', 's.io'],
      ['logout', 'r.io'],
      ['login', 'r.io'],
    ],
  },
  'credentials of the environment': {
    env: { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'r.io': { auth: base64('me:pw') } } }) },
    steps: [
      ['login', 'r.io'],
      ['logout', 'r.io'],
    ],
  },
  'what cannot be': {
    steps: [
      ['login', '-p', 'x', 'r.io'],
      ['login', '-u', 'x', 'r.io'],
      ['login', '-p', 'x', '--password-stdin', 'r.io'],
      ['login', '--password-stdin', 'r.io'],
      ['login', '-u', 'x', '-p', '', 'r.io'],
      ['login', '-u', '', '-p', 'x', 'r.io'],
      ['login'],
    ],
  },
}

describe('login and logout are those of docker:', { skip: withoutDocker }, () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    it(name, async (test) => {
      const host = await aRegistrar(test)
      const folders = [await aPlace(test, scene), await aPlace(test, scene)] as const
      for (const step of scene.steps) {
        const { input = '', args } = 'args' in step ? step : { args: step }
        const [theirs, ours] = await Promise.all([
          act(docker, host, args, { input, env: { ...scene.env, DOCKER_CONFIG: folders[0] } }),
          act(dockline, host, args, { input, env: { ...scene.env, DOCKER_CONFIG: folders[1] } }),
        ])
        assert.deepEqual(ours, theirs, args.join(' '))
        assert.deepEqual(await fileOf(folders[1]), await fileOf(folders[0]), args.join(' '))
      }
    })
  }
})

describe('login', () => {
  it('refuses a password that is no text: other bytes would be stored', async (test) => {
    const place = await aPlace(test, {})
    const input = Buffer.from([0xff, 0xfe])
    const words = ['login', '-u', 'me', '--password-stdin', 'r.io']
    const ended = await dockline(await aRegistrar(test), words, { input, env: { DOCKER_CONFIG: place } })
    assert.deepEqual([ended.exitCode, ended.stderr], [1, 'the password is not UTF-8\n'])
    assert.equal((await fileOf(place)).config, undefined)
  })
})

describe('login on a terminal', () => {
  it('asks for the name and, without showing it, for the password', async (test) => {
    const { screen, folder } = await onScreen(test, ['login', 'r.io'])
    await screen.shows(/Username:$/m)
    screen.type('me\r')
    await screen.shows(/Password:$/m)
    screen.type('wrnog\x7f\x7f\x7f\x15pww\x7f\r')
    await screen.shows(/Login Succeeded/)
    assert.equal(await screen.exitCode, 0)
    assert.doesNotMatch(screen.all().join('\n'), /pw|wrn/)
    assert.deepEqual((await fileOf(folder)).config, { auths: { 'r.io': { auth: base64('me:pw') } } })
  })

  it('takes what is typed ahead', async (test) => {
    const { screen } = await onScreen(test, ['login', 'r.io'])
    screen.type('me\rpw\r')
    assert.equal(await screen.exitCode, 0)
  })

  it('is left with ctrl-c, and stores nothing', async (test) => {
    const { screen, folder } = await onScreen(test, ['login', '-u', 'me', 'r.io'])
    await screen.shows(/Password:$/m)
    screen.type('pw\x03')
    assert.equal(await screen.exitCode, 130)
    assert.equal((await fileOf(folder)).config, undefined)
  })

  it('takes the name that is stored for an empty one, and no password for none', async (test) => {
    const config = { auths: { 'r.io': { auth: base64('you:wrong') } } }
    const { screen } = await onScreen(test, ['login', 'r.io'], config)
    await screen.shows(/Stored credentials invalid or expired[\s\S]*Username \(you\):$/m)
    screen.type('\r')
    await screen.shows(/Password:$/m)
    screen.type('\r')
    await screen.shows(/error: password is required/)
    assert.equal(await screen.exitCode, 1)
  })

  it('says for Docker Hub what it is that can be typed', async (test) => {
    const { screen } = await onScreen(test, ['login'])
    await screen.shows(/Logging in with a browser is not supported[\s\S]*Username:$/m)
    screen.type('\r')
    await screen.shows(/error: username is required/)
    assert.equal(await screen.exitCode, 1)
  })
})

/** An Engine whose registries know everybody but 'wrong', and give a token for 'token'. */
async function aRegistrar(test: TestContext): Promise<string> {
  return aServer(test, async (request, response) => {
    response.setHeader('Api-Version', '1.51')
    response.setHeader('Ostype', 'linux')
    if (!request.url?.includes('/auth')) return void response.writeHead(200).end('OK')
    const { password } = (await json(request)) as { password?: string }
    const head = { 'content-type': 'application/json' }
    if (password === 'wrong') {
      response.writeHead(401, head).end('{"message":"unauthorized: incorrect username or password"}')
    } else {
      const IdentityToken = password === 'token' ? 'idt' : ''
      response.writeHead(200, head).end(JSON.stringify({ Status: 'Login Succeeded', IdentityToken }))
    }
  })
}

async function aPlace(test: TestContext, { config }: Pick<Scene, 'config'>): Promise<string> {
  const folder = await aFolder(test)
  if (config !== undefined)
    await writeFile(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 })
  return folder
}

async function onScreen(test: TestContext, args: readonly string[], config?: object) {
  const folder = await aPlace(test, config === undefined ? {} : { config })
  const host = await aRegistrar(test)
  return { folder, screen: new DocklineScreen(test, host, args, { env: { DOCKER_CONFIG: folder } }) }
}

/** What it said, without what is its own name and its own folder. */
async function act(
  command: typeof docker,
  host: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<Ended> {
  const { stdout, stderr, ...ended } = await command(host, args, options)
  const common = (text: string) =>
    text
      .replaceAll(options.env?.DOCKER_CONFIG ?? '', 'FOLDER')
      .replace(/'docker (log(?:in|out))'/g, "'dockline $1'")
  return { ...ended, stdout: common(stdout), stderr: common(stderr) }
}

async function fileOf(folder: string): Promise<{ readonly config?: unknown; readonly mode?: number }> {
  const path = join(folder, 'config.json')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return {}
  return { config: JSON.parse(text), mode: (await stat(path)).mode & 0o777 }
}
