import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { DocklineScreen, type ScreenOptions } from '../support/screen.js'
import { aFolder } from '../support/scripted-engine.js'
import { layer, TalkingEngine } from '../support/talking-engine.js'

const HEADLINE = { id: 'latest', status: 'Pulling from library/app' }
const DIGEST = { status: 'Digest: sha256:0123' }

describe('progress on a terminal', { concurrency: 4 }, () => {
  it('is a bar for each layer, with sizes and speed, and stays behind when all is done', async (test) => {
    const { engine, screen } = await aPull(test)
    await engine.say(HEADLINE, layer('aaa', 'Pulling fs layer'), layer('bbb', 'Pulling fs layer'))
    await engine.say(layer('aaa', 'Downloading', 1_000_000, 4_000_000))
    await screen.shows(/^aaa: Downloading \[=+> +\] {6}1MB\/4MB$/m)
    await screen.shows(/^bbb: Pulling fs layer$/m)
    await untilFast(engine, screen)
    await screen.shows(/^aaa: Downloading \[=+> +\] +[\d.]+MB\/4MB {2}[\d.]+[kM]?B\/s$/m)
    await engine.end(layer('aaa', 'Pull complete'), layer('bbb', 'Already exists'), DIGEST)
    assert.equal(await screen.exitCode, 0)
    await screen.shows(/library\/app:latest$/)
    assert.deepEqual(screen.all(), [
      'Using default tag: latest',
      'latest: Pulling from library/app',
      'aaa: Pull complete',
      'bbb: Already exists',
      'Digest: sha256:0123',
      'docker.io/library/app:latest',
    ])
  })

  it('grows with its layer', async (test) => {
    const { engine, screen } = await aPull(test)
    await engine.say(HEADLINE, layer('aaa', 'Downloading', 0, 4_000_000))
    await screen.shows(/aaa: Downloading \[> {50}\]/)
    await engine.say(layer('aaa', 'Downloading', 2_000_000, 4_000_000))
    await screen.shows(/aaa: Downloading \[={25}> {25}\]/)
    await engine.say(layer('aaa', 'Downloading', 4_000_000, 4_000_000))
    await screen.shows(/aaa: Downloading \[={50}>\]/)
    await engine.end()
  })

  it('shows what is most worth seeing where there are more layers than rows', async (test) => {
    const { engine, screen } = await aPull(test, { rows: 8 })
    const ids = Array.from({ length: 30 }, (_, index) => `layer${index}`)
    await engine.say(HEADLINE, ...ids.map((id) => layer(id, 'Pulling fs layer')))
    await engine.say(...ids.slice(0, 20).map((id) => layer(id, 'Pull complete')))
    await engine.say(layer('layer22', 'Downloading', 1000, 2000), layer('layer28', 'Extracting', 1000, 2000))
    await screen.looks(
      (lines) => lines.at(-1) === 'and 24 more layers, 20 of them done' && lines.length === 7,
      'fits',
    )
    const shown = screen.visible().map((line) => line.split(':')[0])
    assert.deepEqual(shown.slice(0, -1), ['layer20', 'layer21', 'layer22', 'layer23', 'layer24', 'layer28'])
    await engine.end(...ids.slice(20).map((id) => layer(id, 'Pull complete')), DIGEST)
    await screen.shows(/library\/app:latest$/)
    assert.deepEqual(
      screen.all().slice(2, -2),
      ids.map((id) => `${id}: Pull complete`),
    )
  })

  it('is right after the terminal has become narrower, wider, lower and higher', async (test) => {
    const { engine, screen } = await aPull(test, { columns: 110, rows: 24 })
    const ids = ['aaa', 'bbb', 'ccc', 'ddd']
    const at = (bytes: number) => ids.map((id) => layer(id, 'Downloading', bytes, 9_000_000))
    const settles = (size: RegExp) =>
      screen.looks(
        (lines) => lines.filter((line) => size.test(line)).length === 4 && lines.filter(isLayer).length === 4,
        `shows each layer once, as ${size}`,
      )
    await engine.say(HEADLINE, ...at(1_000_000))
    await settles(/1MB\/9MB/)
    const sizes = [
      [60, 24],
      [38, 24],
      [110, 24],
      [110, 6],
      [80, 20],
    ] as const
    for (const [index, [columns, rows]] of sizes.entries()) {
      screen.resize(columns, rows)
      await settles(/MB\/9MB/)
      await engine.say(...at((index + 2) * 1_000_000))
      await settles(new RegExp(` ${index + 2}MB/9MB`))
    }
    await engine.end(...ids.map((id) => layer(id, 'Pull complete')))
    await screen.shows(/library\/app:latest$/)
    assert.deepEqual(
      screen.visible().slice(-5, -1),
      ids.map((id) => `${id}: Pull complete`),
    )
  })

  it('keeps to one row of a line that is too long', async (test) => {
    const { engine, screen } = await aPull(test, { columns: 30 })
    await engine.say(HEADLINE, layer('a'.repeat(40), 'Downloading', 1, 2), layer('b', 'Waiting'))
    await screen.shows(/b: Waiting/)
    assert.deepEqual(screen.visible().slice(-2), ['a'.repeat(29), 'b: Waiting'])
    await engine.end()
  })

  it('stays as it was last when an error ends it, and the error stands below', async (test) => {
    const { engine, screen } = await aPull(test)
    await engine.say(
      HEADLINE,
      layer('aaa', 'Pull complete'),
      layer('bbb', 'Downloading', 1_000_000, 4_000_000),
    )
    await engine.end({ errorDetail: { message: 'no space left' }, error: 'no space left' })
    assert.equal(await screen.exitCode, 1)
    await screen.shows(/no space left$/)
    assert.match(
      screen.all().slice(2).join('\n'),
      /^aaa: Pull complete\nbbb: Downloading \[=+> +\] {6}1MB\/4MB\nno space left$/,
    )
    assert.equal(screen.column, 0)
  })

  it('is left whole when the connection breaks', async (test) => {
    const { engine, screen } = await aPull(test)
    await engine.say(HEADLINE, layer('aaa', 'Downloading', 1, 2))
    await screen.shows(/aaa: Downloading/)
    await engine.breakOff()
    assert.equal(await screen.exitCode, 1)
    await screen.shows(/aaa: Downloading .*\n.+/)
    assert.equal(screen.column, 0)
  })

  it('goes on below what there is to read in between', async (test) => {
    const { engine, screen } = await aPull(test)
    await engine.say(HEADLINE, layer('aaa', 'Pull complete'), DIGEST, { id: '2', status: 'Pulling from x' })
    await engine.end(layer('bbb', 'Pull complete'))
    await screen.shows(/library\/app:latest$/)
    assert.deepEqual(screen.all().slice(2, 6), [
      'aaa: Pull complete',
      'Digest: sha256:0123',
      '2: Pulling from x',
      'bbb: Pull complete',
    ])
  })

  it('is lines on a terminal that cannot draw over them', async (test) => {
    const { engine, screen } = await aPull(test, { env: { TERM: 'dumb' } })
    await engine.end(HEADLINE, layer('aaa', 'Downloading', 1, 2), layer('aaa', 'Pull complete'))
    await screen.shows(/library\/app:latest$/)
    assert.deepEqual(screen.all().slice(1, 3), ['latest: Pulling from library/app', 'aaa: Pull complete'])
  })

  it('shows a push, a load and what run pulls in the same way', async (test) => {
    for (const args of [
      ['push', 'app:1'],
      ['run', '--pull', 'always', 'app'],
    ]) {
      const engine = await TalkingEngine.start(test)
      const screen = new DocklineScreen(test, engine.host, args)
      await engine.say(layer('aaa', 'Pushing', 1_000_000, 4_000_000))
      await screen.shows(/^aaa: Pushing \[=+> +\] {6}1MB\/4MB$/m)
      await engine.end({ error: 'enough', errorDetail: { message: 'enough' } })
      await screen.exitCode
    }
  })
})

describe('a build with the classic builder on a terminal', () => {
  it('tells of its context, then of its steps, and of the layers that are pulled for them', async (test) => {
    const engine = await TalkingEngine.start(test)
    const folder = await aFolder(test)
    await writeFile(join(folder, 'Dockerfile'), 'FROM app')
    const screen = new DocklineScreen(test, engine.host, ['build', folder], {
      env: { DOCKER_BUILDKIT: '0' },
    })
    await engine.say({ stream: 'Step 1/1 : FROM app' }, { stream: '\n' }, HEADLINE)
    await engine.say(layer('aaa', 'Downloading', 1_000_000, 4_000_000))
    await screen.shows(/^aaa: Downloading \[=+> +\] {6}1MB\/4MB$/m)
    await engine.say(layer('aaa', 'Pull complete'), { stream: ' ---> 0123\n' })
    await engine.end({ error: 'enough', errorDetail: { code: 7, message: 'enough' } })
    assert.equal(await screen.exitCode, 7)
    await screen.shows(/enough$/)
    const [context = '', ...lines] = screen.all()
    assert.match(context, /^Sending build context to Docker daemon +[\d.]+kB$/)
    assert.deepEqual(lines, [
      'Step 1/1 : FROM app',
      'latest: Pulling from library/app',
      'aaa: Pull complete',
      ' ---> 0123',
      'enough',
    ])
  })
})

async function aPull(
  test: TestContext,
  options: ScreenOptions = {},
): Promise<{ engine: TalkingEngine; screen: DocklineScreen }> {
  const engine = await TalkingEngine.start(test)
  return { engine, screen: new DocklineScreen(test, engine.host, ['pull', 'app'], options) }
}

/** A speed takes a moment to be known. */
async function untilFast(engine: TalkingEngine, screen: DocklineScreen): Promise<void> {
  const fast = screen.shows(/B\/s/)
  let over = false
  void fast.finally(() => {
    over = true
  })
  for (let bytes = 1_000_000; !over; bytes += 1000) {
    await engine.say(layer('aaa', 'Downloading', bytes, 4_000_000))
    await screen.redrawn()
  }
  await fast
}

function isLayer(line: string): boolean {
  return /Downloading|^\[|MB\/9MB/.test(line)
}
