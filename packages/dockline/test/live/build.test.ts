import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { BuildError, type BuildOptions, type BuildResult } from '#src/index.js'
import { tarOf, temporaryFolder, writeFiles } from '../support/archives.js'
import { LABEL, onceFree, onEveryEngine, type TestEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'

onEveryEngine((engine) => {
  const { client } = engine

  it('builds a folder, with arguments, labels and a .dockerignore', async (test) => {
    const context = await temporaryFolder()
    await writeFiles(context, {
      Dockerfile:
        'FROM busybox\nARG WHO=nobody\nRUN echo "hello $WHO" > /hello\nCOPY . /app\nCMD ["cat", "/hello"]\n',
      '.dockerignore': '*.log\n!keep.log\n',
      'main.txt': 'main',
      'drop.log': 'drop',
      'sub/keep.log': 'keep',
      'keep.log': 'keep',
    })
    const name = `${LABEL}-build-${process.pid}`
    const { image, log } = await build(test, engine, {
      context,
      tag: name,
      tags: [`${name}:v2`],
      buildArgs: { WHO: 'you' },
      labels: { [LABEL]: 'build' },
    })
    assert.deepEqual([...image.tags].sort(), [`${name}:latest`, `${name}:v2`])
    assert.equal(image.labels[LABEL], 'build')
    assert.match(log, /Step 1\/6 : FROM busybox[\s\S]*Successfully built/)
    assert.equal((await client.containers.run(name, undefined, { remove: true })).stdout, 'hello you\n')
    const { stdout } = await client.containers.run(name, ['find', '/app', '-type', 'f'], { remove: true })
    assert.deepEqual(stdout.trim().split('\n').sort(), [
      '/app/.dockerignore',
      '/app/Dockerfile',
      '/app/keep.log',
      '/app/main.txt',
      '/app/sub/keep.log',
    ])
  })

  it('tells its steps as they come', async (test) => {
    const progress = client.images.build({
      ...CLASSIC,
      dockerfileContent: `FROM busybox\nLABEL ${LABEL}=steps\n`,
      noCache: true,
    })
    const steps: string[] = []
    for await (const { message } of progress.progress()) {
      if (message.stream?.startsWith('Step')) steps.push(message.stream.trim())
    }
    const { image } = await progress
    test.after(() => image.remove({ force: true }).catch(() => {}))
    assert.deepEqual(steps, ['Step 1/2 : FROM busybox', `Step 2/2 : LABEL ${LABEL}=steps`])
  })

  it('rejects a failing RUN with its output and exit code', async (test) => {
    const mark = sweptMark(test, engine)
    const dockerfileContent = `FROM busybox\nLABEL ${LABEL}=${mark}\nARG TOKEN\nRUN echo before; exit 3\n`
    const options = { dockerfileContent, forceRemove: true, buildArgs: { TOKEN: 's3cret' } }
    const failure = await failureOf(client.images.build({ ...options, ...CLASSIC }))
    assert.ok(failure instanceof BuildError, String(failure))
    assert.match(failure.message, /step 4\/4 : RUN echo before; exit 3.*returned a non-zero code: 3/)
    assert.match(failure.log, /^before$/m)
    assert.equal(failure.exitCode, 3)
    assert.doesNotMatch(failure.message + failure.log, /s3cret/)
  })

  it('rejects a Dockerfile that is none', async () => {
    const failure = await failureOf(client.images.build({ dockerfileContent: 'FORM busybox\n', ...CLASSIC }))
    assert.match(String(failure), /FORM/)
  })

  it('builds one stage of a Dockerfile from elsewhere', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, {
      'context/file.txt': 'content',
      'elsewhere/app.Dockerfile':
        'FROM busybox AS one\nCOPY . /app\nCMD ["ls", "-A", "/app"]\nFROM one AS two\nRUN exit 1\n',
    })
    const { image } = await build(test, engine, {
      context: join(folder, 'context'),
      dockerfile: join(folder, 'elsewhere/app.Dockerfile'),
      target: 'one',
    })
    const { stdout } = await client.containers.run(image.id, undefined, { remove: true })
    // The .dockerignore is what keeps the Dockerfile from being copied.
    assert.deepEqual(
      stdout.split('\n').filter((name) => name !== '.dockerignore'),
      ['file.txt', ''],
    )
  })

  it('builds a tar, and files that are only in memory', async (test) => {
    const dockerfile = `FROM busybox\nCOPY a.txt /\nLABEL ${LABEL}=tar\nCMD ["cat", "/a.txt"]\n`
    const tar = await tarOf([
      { name: 'sub/Dockerfile', body: dockerfile },
      { name: 'a.txt', body: 'from the tar' },
    ])
    const fromTar = await build(test, engine, { context: tar, dockerfile: 'sub/Dockerfile' })
    const run = (id: string) => client.containers.run(id, undefined, { remove: true })
    assert.equal((await run(fromTar.image.id)).stdout, 'from the tar')
    const files = { 'a.txt': 'from memory' }
    const fromMemory = await build(test, engine, { dockerfileContent: dockerfile, files, compress: true })
    assert.equal((await run(fromMemory.image.id)).stdout, 'from memory')
  })

  it('gives RUN the hosts, the limits and no network where that is asked for', async (test) => {
    const dockerfileContent = 'FROM busybox\nRUN cat /etc/hosts; ulimit -n; df /dev/shm; ls /sys/class/net\n'
    const { log } = await build(test, engine, {
      dockerfileContent,
      extraHosts: { 'some.host': '10.1.2.3' },
      ulimits: ['nofile=123:456'],
      network: 'none',
      shmSize: '2m',
      noCache: true,
    })
    assert.match(log, /10\.1\.2\.3\s+some\.host/)
    assert.match(log, /^123$/m)
    assert.match(log, /shm\s+2048/)
    assert.doesNotMatch(log, /eth0/)
  })

  it('ends when the loop is left, with everything that RUN had started', async (test) => {
    const mark = sweptMark(test, engine)
    const dockerfileContent = `FROM busybox\nLABEL ${LABEL}=${mark}\nRUN echo begun; sleep 600\n`
    const transfer = client.images.build({ dockerfileContent, noCache: true, ...CLASSIC })
    for await (const { message } of transfer.progress()) if (message.stream === 'begun\n') break
    const events = client.events({ since: '1m', filters: { event: 'die' } })
    for await (const { Actor } of events) if (Actor?.Attributes?.[LABEL] === mark) break
  })
})

const CLASSIC = { builder: 'classic' } as const

/** A value for the label, by which what a failed build leaves is swept after the test. */
function sweptMark(test: TestContext, { client }: TestEngine): string {
  const mark = `build-${process.pid}-${Date.now()}`
  const filters = { label: `${LABEL}=${mark}` }
  test.after(async () => {
    await onceFree(() => client.containers.prune({ filters }))
    await onceFree(() => client.images.prune({ filters }))
  })
  return mark
}

/** An image that is gone after the test. */
async function build(test: TestContext, { client }: TestEngine, options: BuildOptions): Promise<BuildResult> {
  const result = await client.images.build({ ...options, ...CLASSIC })
  test.after(() => result.image.remove({ force: true }).catch(() => {}))
  return result
}
