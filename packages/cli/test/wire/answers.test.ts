import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { anAnsweringEngine, Raw } from '../support/answering-engine.js'
import { docker, dockline, docklineAlone } from '../support/dockline.js'
import { aFolder } from '../support/scripted-engine.js'
import { withoutDocker } from '../support/tools.js'

const DEEP = 20_000
/** The most that is read. */
const LEVELS = 4990
const MEBIBYTES = 20 * 1024 * 1024
/** What Node says of itself, which is no help to anybody. */
const NATIVE =
  /TypeError|RangeError|SyntaxError|call stack|ERR_|Cannot read|is not a function|undefined|\n\s+at /

/** A command, and the path whose answer is odd. */
const COMMANDS: readonly (readonly [words: readonly string[], path: string])[] = [
  [['ps', '-a'], '/containers/json'],
  [['images'], '/images/json'],
  [['network', 'ls'], '/networks'],
  [['volume', 'ls'], '/volumes'],
  [['system', 'df', '-v'], '/system/df'],
  [['info'], '/info'],
  [['version'], '/version'],
  [['inspect', '--type', 'container', 'x'], '/containers/x/json'],
  [['port', 'x'], '/containers/x/json'],
  [['top', 'x'], '/containers/x/top'],
  [['diff', 'x'], '/containers/x/changes'],
  [['stats', '--no-stream', 'x'], '/containers/x/stats'],
  [['history', 'x'], '/images/x/history'],
  [['search', 'x'], '/images/search'],
  [['pull', 'x'], '/images/create'],
]
const BODIES = ['<html>Sign in</html>', '', '[5]', '"x"', '{"a":']

describe('an answer that is none', () => {
  for (const [words, path] of COMMANDS) {
    it(`is told by ${words.join(' ')}`, async (test) => {
      const told = await Promise.all(
        BODIES.map(async (body) => dockline(await anAnsweringEngine(test, { [path]: new Raw(body) }), words)),
      )
      for (const [index, { stderr, stdout, exitCode }] of told.entries()) {
        const what = `${BODIES[index]}: ${stdout}${stderr}`
        assert.doesNotMatch(stderr, NATIVE, what)
        assert.ok(exitCode === 0 || (exitCode === 1 && stderr !== ''), what)
      }
      // The first of them can be taken for nothing at all.
      assert.equal(told[0]?.exitCode, 1)
    })
  }
})

/** A time that is further away than a Date of JavaScript, and one of long ago. */
const FAR = 8_640_000_000_001
const row = (Created: number) => ({ Id: 'a'.repeat(64), Names: ['/a'], Image: 'a', Command: 'a', Created })

describe('an odd part of an answer is printed as docker prints it:', { skip: withoutDocker }, () => {
  const rows: Readonly<Record<string, readonly [path: string, body: unknown, words: readonly string[]]>> = {
    'a time that is far away, among others': [
      '/containers/json',
      [row(FAR), row(1_700_000_000), row(-FAR)],
      ['ps', '--format', '{{.CreatedAt}} {{.Image}}'],
    ],
    'the time of a step before the year 2000': [
      '/images/x/history',
      [0, 1, 315_532_801, 946_684_800].map((Created) => ({
        Id: 'a',
        Created,
        CreatedBy: '',
        Size: 1,
        Comment: '',
      })),
      ['history', '--format', '{{.CreatedSince}}', 'x'],
    ],
    'nothing that is reported as removed': ['/images/x', [null, { Untagged: null }, {}], ['rmi', 'x']],
  }
  for (const [name, [path, body, words]] of Object.entries(rows)) {
    it(name, async (test) => {
      const host = await anAnsweringEngine(test, { [path]: body })
      assert.deepEqual(await dockline(host, words), await docker(host, words))
    })
  }
})

it('a message of a transfer that says nothing is left out', async (test) => {
  const body = new Raw('{"stream":null}{"status":"done"}{"aux":null}')
  const host = await anAnsweringEngine(test, { '/images/create': body })
  const { exitCode, stdout, stderr } = await dockline(host, ['import', '/dev/null'])
  assert.deepEqual([exitCode, stdout, stderr], [0, 'done\n', ''])
})

describe('an answer that is too much', () => {
  it('is told when it is nested too deeply', async (test) => {
    const body = `{"Id":"x","a":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`
    const host = await anAnsweringEngine(test, { '/containers/x/json': new Raw(body) })
    for (const format of [[], ['-f', 'json'], ['-f', '{{.Id}}']]) {
      const { exitCode, stderr } = await dockline(host, ['inspect', '--type', 'container', ...format, 'x'])
      assert.equal(exitCode, 1)
      assert.match(stderr, /answered for x: this JSON is nested more than 5000 levels deep/)
    }
  })

  it('is told when a template prints what is nested too deeply', async (test) => {
    const nested = `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`
    const host = await anAnsweringEngine(test, { '/containers/x/json': new Raw(`{"a":${nested}}`) })
    for (const format of ['{{.a}}', '{{json .a}}']) {
      const { exitCode, stderr } = await docklineAlone(host, [
        'inspect',
        '--type',
        'container',
        '-f',
        format,
        'x',
      ])
      assert.match(stderr, /the value is nested too deeply to be printed/)
      assert.notEqual(exitCode, 0)
    }
  })

  it('is printed when it is merely long', async (test) => {
    const long = 'x\\"\\u00e4'.repeat(MEBIBYTES / 9)
    const host = await anAnsweringEngine(test, { '/containers/x/json': new Raw(`{"Id":"${long}"}`) })
    const words = ['inspect', '--type', 'container', '-f']
    const { stdout, stderr } = await dockline(host, [...words, '{{len .Id}}', 'x'])
    assert.equal(stderr, '')
    assert.match(stdout, /^\d+\n$/)
    const whole = await dockline(host, [...words, '{{json .Id}}', 'x'])
    assert.equal(whole.stdout.length, `"${long}"\n`.replaceAll('\\u00e4', 'ä').length)
  })
})

describe('network rm', () => {
  const answers = { '/networks/ingress': { Id: 'i1', Name: 'ingress', Ingress: true } }
  for (const [word, removes] of [
    ['n', false],
    ['y', true],
  ] as const) {
    it(`asks before it removes the routing mesh, and takes ${word} for an answer`, async (test) => {
      const host = await anAnsweringEngine(test, answers)
      const { exitCode, stdout } = await dockline(host, ['network', 'rm', 'ingress'], { input: `${word}\n` })
      const [first, question] = stdout.split('\n')
      assert.match(first ?? '', /^WARNING! Before removing the routing-mesh network, make sure/)
      assert.equal(question, `Are you sure you want to continue? [y/N] ${removes ? 'ingress' : ''}`)
      assert.equal(exitCode, 0)
    })
  }
})

it('info takes a login of config.json for none where it is not a text', async (test) => {
  const host = await anAnsweringEngine(test, { '/info': { ID: 'x' } })
  for (const entry of [{ auth: 5 }, { username: 7 }, null, 5]) {
    const DOCKER_CONFIG = await aFolder(test)
    const auths = { 'https://index.docker.io/v1/': entry }
    await writeFile(join(DOCKER_CONFIG, 'config.json'), JSON.stringify({ auths }))
    const { exitCode, stdout } = await dockline(host, ['info'], { env: { DOCKER_CONFIG } })
    assert.equal(exitCode, 0, JSON.stringify(entry))
    assert.doesNotMatch(stdout, /Username/)
  }
})
