import assert from 'node:assert/strict'
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { it, type TestContext } from 'node:test'
import { type Door, hijackedDoor, tunnelSession } from '#src/buildkit/door.js'
import { folderService } from '#src/buildkit/session/folders.js'
import { solve } from '#src/buildkit/solve.js'
import {
  BuildError,
  type BuildOptions,
  type BuildProgress,
  type BuildResult,
  InvalidArgumentError,
} from '#src/index.js'
import { listTar, tarOf, temporaryFolder, writeFiles } from '../support/archives.js'
import { LABEL, onEveryEngine, type TestEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'

const saying = (word: string) => `FROM busybox\nRUN echo ${word} > /said\n`
const TAKING = 'FROM scratch\nCOPY said /\n'
const NPM_TIME = new Date('1985-10-26T08:15:00Z')

/** Sources that differ in nothing but their content: an Engine compares time and size. */
const SAME_LENGTH: Readonly<Record<string, (word: string) => BuildOptions | Promise<BuildOptions>>> = {
  dockerfileContent: (word) => ({ dockerfileContent: saying(word) }),
  'dockerfileContent beside a context': async (word) => ({
    context: await theContext,
    dockerfileContent: saying(word),
  }),
  'a Dockerfile in files': (word) => ({ files: { Dockerfile: saying(word) } }),
  files: (word) => ({ dockerfileContent: TAKING, files: { said: word } }),
  'files with a time': (word) => ({
    dockerfileContent: TAKING,
    files: { said: { data: word, mtime: NPM_TIME } },
  }),
  'files beside a context': async (word) => ({
    context: await theContext,
    dockerfileContent: TAKING,
    files: { said: word },
  }),
  'a Dockerfile of another folder': async (word) => {
    const dockerfile = join(await aContext({ Dockerfile: saying(word) }), 'Dockerfile')
    await utimes(dockerfile, NPM_TIME, NPM_TIME)
    return { dockerfile }
  },
}
const theContext = aContext({ other: 'file' })

onEveryEngine((engine) => {
  const { client } = engine
  const traits = traitsOf(engine)

  it('builds a folder, without what .dockerignore names, under all its names', async (test) => {
    const context = await aContext({
      Dockerfile: `FROM busybox\nARG WHO=nobody\nCOPY . /app\nRUN echo "hello $WHO"; find /app -type f | sort\n`,
      '.dockerignore': '*.log\n!keep.log\n',
      'main.txt': 'main',
      'drop.log': 'drop',
      'keep.log': 'keep',
    })
    const name = `${LABEL}-buildkit-${process.pid}`
    const built = await build(test, engine, {
      context,
      tags: [name, `${name}:v2`],
      buildArgs: { WHO: 'you' },
      labels: { [LABEL]: 'buildkit' },
      noCache: true,
    })
    assert.equal(built.builder, 'buildkit')
    assert.deepEqual(built.log.trim().split('\n'), [
      'hello you',
      '/app/.dockerignore',
      '/app/Dockerfile',
      '/app/keep.log',
      '/app/main.txt',
    ])
    assert.deepEqual([...built.image.tags].sort(), [`${name}:latest`, `${name}:v2`])
    assert.equal(built.image.labels[LABEL], 'buildkit')
    assert.deepEqual(built.names, [`docker.io/library/${name}:latest`, `docker.io/library/${name}:v2`])
  })

  it('reports its steps, what they write, and what was sent', async (test) => {
    const context = await aContext({ Dockerfile: 'FROM busybox\nCOPY a /\nRUN echo begun >&2\n', a: 'aaaa' })
    const building = client.images.build({ context, noCache: true, ...BUILDKIT })
    const written: string[] = []
    let last: BuildProgress | undefined
    for await (const progress of building.progress()) {
      written.push(...progress.logs.map(({ stream, text }) => `${stream}: ${text}`))
      last = progress
    }
    await removed(test, await building)
    assert.deepEqual(written, ['stderr: begun\n'])
    const run = last?.steps.find(({ name }) => name.includes('RUN'))
    assert.equal(run?.state, 'done')
    assert.equal(run?.log, 'begun\n')
    assert.ok(run?.duration !== undefined && run.started !== undefined)
    assert.ok(
      last?.sent.largest.some(
        ({ folder, path, bytes }) => folder === 'context' && path === 'a' && bytes === 4,
      ),
    )
  })

  it('sends nothing anew when nothing has changed, and one file when one has', async () => {
    const context = await aContext({ Dockerfile: 'FROM scratch\nCOPY . /\n', a: '1', 'b/c': '2' })
    const sent = async () => {
      const building = client.images.build({ context, outputs: { type: 'none' }, ...BUILDKIT })
      let files: string[] = []
      for await (const progress of building.progress())
        files = progress.sent.largest.filter(({ folder }) => folder === 'context').map(({ path }) => path)
      return files.sort()
    }
    assert.deepEqual(await sent(), ['Dockerfile', 'a', 'b/c'])
    assert.deepEqual(await sent(), [])
    await writeFile(join(context, 'a'), 'other')
    assert.deepEqual(await sent(), ['a'])
  })

  for (const [what, optionsOf] of Object.entries(SAME_LENGTH)) {
    it(`takes the content of this build, and not of the last one that was as long: ${what}`, async () => {
      const built = async (word: string) => {
        const dest = await temporaryFolder()
        await client.images.build({ ...(await optionsOf(word)), outputs: dest, ...BUILDKIT })
        return readFile(join(dest, 'said'), 'utf8')
      }
      for (const word of ['aaa', 'bbb', 'aaa']) assert.equal((await built(word)).trim(), word)
    })
  }

  it('finds a hard link as it was, and leaves nothing beside it', async () => {
    const context = await aContext({ Dockerfile: 'FROM scratch\nCOPY . /\n', one: 'content' })
    await link(join(context, 'one'), join(context, 'two'))
    const built = async () => {
      const dest = await temporaryFolder()
      await client.images.build({ context, outputs: dest, ...BUILDKIT })
      return (await readdir(dest)).sort()
    }
    assert.deepEqual(await built(), ['Dockerfile', 'one', 'two'])
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY . /\nCOPY one /three\n')
    assert.deepEqual(await built(), ['Dockerfile', 'one', 'three', 'two'])
  })

  for (const count of [500, 20_000]) {
    it(`leaves out what ${count} lines of .dockerignore name`, async () => {
      const patterns = Array.from({ length: count }, (_, at) => `no-such-file-${at}`)
      const context = await aContext({
        Dockerfile: 'FROM scratch\nCOPY . /\n',
        '.dockerignore': ['*', '!kept', '!.dockerignore', ...patterns, '# the end'].join('\n'),
        kept: 'k',
        dropped: 'd',
      })
      const dest = await temporaryFolder()
      await client.images.build({ context, outputs: dest, ...BUILDKIT })
      assert.deepEqual((await readdir(dest)).sort(), ['.dockerignore', 'kept'])
      assert.notEqual((await lstat(join(dest, '.dockerignore'))).size, 0)
    })
  }

  it('rejects a failing RUN with its step, exit code, log and place', async () => {
    const dockerfileContent = 'FROM busybox\nRUN echo fine\nRUN echo before; exit 7\n'
    const failure = await failureOf(client.images.build({ dockerfileContent, noCache: true, ...BUILDKIT }))
    assert.ok(failure instanceof BuildError, String(failure))
    assert.equal(failure.exitCode, 7)
    assert.match(failure.step ?? '', /\[3\/3\] RUN echo before; exit 7/)
    assert.equal(failure.stepLog, 'before\n')
    assert.equal(failure.log, 'fine\nbefore\n')
    const { tellsPlaces } = await traits
    assert.equal(failure.location?.line, tellsPlaces ? 3 : undefined)
    if (tellsPlaces) assert.match(failure.location?.excerpt ?? '', /^ {3}3 \| >>> RUN echo before; exit 7$/m)
  })

  it('rejects a Dockerfile that is none', async () => {
    const failure = await failureOf(client.images.build({ dockerfileContent: 'FORM busybox\n', ...BUILDKIT }))
    assert.ok(failure instanceof BuildError)
    assert.match(failure.explanation, /unknown instruction: FORM/i)
  })

  it('rejects with the error of a Dockerfile of 100 kB', async () => {
    const filler = Array.from(
      { length: 1500 },
      (_, line) => `# filler line ${line} ${'x'.repeat(60)}\n`,
    ).join('')
    const dockerfileContent = `FROM busybox\n${filler}RUN exit 3\n`
    const failure = await failureOf(client.images.build({ dockerfileContent, noCache: true, ...BUILDKIT }))
    assert.ok(failure instanceof BuildError, String(failure))
    assert.equal(failure.exitCode, 3)
    assert.equal(failure.location?.line, (await traits).tellsPlaces ? 1502 : undefined)
  })

  it('gives secrets to the steps that ask for them, and to nothing else', async (test) => {
    const folder = await aContext({ token: 'from a file' })
    process.env.DOCKLINE_TEST_SECRET = 'from a variable'
    const ids = ['value', 'bytes', 'file', 'env', 'made']
    const mounts = ids.map((id) => `--mount=type=secret,id=${id}`).join(' ')
    const built = await build(test, engine, {
      dockerfileContent: `FROM busybox\nRUN ${mounts} cd /run/secrets; for s in ${ids.join(' ')}; do wc -c < $s; done\n`,
      noCache: true,
      secrets: {
        value: 'v4lue-that-is-secret',
        bytes: Buffer.from('b'),
        file: { file: join(folder, 'token') },
        env: { env: 'DOCKLINE_TEST_SECRET' },
        made: async () => 'late',
      },
    })
    assert.deepEqual(built.log.trim().split('\n'), ['20', '1', '11', '15', '4'])
    const known = JSON.stringify([await built.image.history(), built])
    assert.ok(!known.includes('v4lue-that-is-secret'))
  })

  it('refuses secrets that are not there before anything is sent', async () => {
    const dockerfileContent = 'FROM busybox\n'
    for (const secret of [{ file: '/not/here' }, { env: 'DOCKLINE_NOT_SET' }, Buffer.alloc(600_000)]) {
      const failure = await failureOf(
        client.images.build({ dockerfileContent, secrets: { s: secret }, ...BUILDKIT }),
      )
      assert.ok(failure instanceof InvalidArgumentError, String(failure))
    }
  })

  it('writes the result into a folder, with links, modes and times, over what is there', async () => {
    const context = await aContext({
      Dockerfile: 'FROM scratch\nCOPY . /\n',
      'sub/run.sh': '#!',
      empty: '',
      'ü ä.txt': 'ü',
    })
    await chmod(join(context, 'sub/run.sh'), 0o755)
    await utimes(join(context, 'sub/run.sh'), 1_000_000_000, 1_000_000_000)
    await symlink('sub/run.sh', join(context, 'link'))
    await link(join(context, 'empty'), join(context, 'same'))
    await writeFile(join(context, 'large'), Buffer.alloc(3_000_000, 7))
    const dest = await aContext({ stays: 'here', 'sub/run.sh': 'old' })
    const built = await client.images.build({ context, outputs: { type: 'local', dest }, ...BUILDKIT })
    assert.throws(() => built.image, InvalidArgumentError)
    assert.deepEqual(built.outputs, [{ type: 'local', dest }])
    assert.deepEqual((await readdir(dest)).sort(), [
      'Dockerfile',
      'empty',
      'large',
      'link',
      'same',
      'stays',
      'sub',
      'ü ä.txt',
    ])
    const run = await lstat(join(dest, 'sub/run.sh'))
    assert.equal(run.mode & 0o777, 0o755)
    assert.equal(run.mtimeMs, 1_000_000_000_000)
    assert.equal(await readFile(join(dest, 'sub/run.sh'), 'utf8'), '#!')
    assert.equal(await readlink(join(dest, 'link')), 'sub/run.sh')
    assert.equal((await lstat(join(dest, 'same'))).ino, (await lstat(join(dest, 'empty'))).ino)
    assert.ok((await readFile(join(dest, 'large'))).equals(Buffer.alloc(3_000_000, 7)))
    assert.equal(await readFile(join(dest, 'stays'), 'utf8'), 'here')
  })

  it('writes the result into a tar, to a file and to a stream', async () => {
    const context = await aContext({ Dockerfile: 'FROM scratch\nCOPY a /\n', a: 'content' })
    const dest = join(await temporaryFolder(), 'out.tar')
    await client.images.build({ context, outputs: `type=tar,dest=${dest}`, ...BUILDKIT })
    const listed = await listTar(Readable.from([await readFile(dest)]))
    assert.deepEqual(
      listed.map(({ name, content }) => [name, content]),
      [['a', 'content']],
    )
  })

  it('builds a tar, with the Dockerfile in it or beside it', async (test) => {
    const dockerfile = 'FROM busybox\nCOPY a /\nRUN cat /a\n'
    const context = await tarOf([
      { name: 'a', body: 'in the tar' },
      { name: 'sub/Dockerfile', body: dockerfile },
    ])
    const inside = await build(test, engine, {
      context: Readable.from([context]),
      dockerfile: 'sub/Dockerfile',
      noCache: true,
    })
    assert.equal(inside.log, 'in the tar')
    const beside = await build(test, engine, { context, dockerfileContent: dockerfile, noCache: true })
    assert.equal(beside.log, 'in the tar')
  })

  it('builds a Dockerfile from outside of the context, and files that are only in memory', async (test) => {
    const outside = await aContext({ 'My.Dockerfile': 'FROM busybox\nCOPY a b/c /\nRUN cat /a /c\n' })
    const context = await aContext({ a: 'disk ', '.dockerignore': 'b' })
    const built = await build(test, engine, {
      context,
      dockerfile: join(outside, 'My.Dockerfile'),
      files: { 'b/c': 'memory' },
      noCache: true,
    })
    assert.equal(built.log, 'disk memory')
  })

  it('copies from a named context', async (test) => {
    const { hasNamedContexts } = await traits
    const other = await aContext({ b: 'other', skip: 'x', '.dockerignore': 'skip' })
    const building = client.images.build({
      dockerfileContent: 'FROM base\nCOPY --from=other . /o\nRUN ls /o',
      contexts: { other, base: 'docker-image://busybox:latest' },
      noCache: true,
      ...BUILDKIT,
    })
    if (!hasNamedContexts) {
      const failure = await failureOf(building)
      assert.ok(failure instanceof BuildError)
      assert.match(failure.hint ?? '', /syntax=docker\/dockerfile/)
      return
    }
    assert.equal((await removed(test, await building)).log, 'b\n')
  })

  it('forwards an ssh agent to the steps that ask for it', async (test) => {
    const path = join(await temporaryFolder(), 'agent')
    const agent = createServer().listen(path)
    test.after(() => agent.close())
    const dockerfileContent =
      'FROM busybox\nRUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && echo forwarded\n'
    const built = await build(test, engine, { dockerfileContent, noCache: true, ssh: path })
    assert.equal(built.log, 'forwarded\n')
    const required = 'FROM busybox\nRUN --mount=type=ssh,required=true true\n'
    assert.ok(
      (await failureOf(client.images.build({ dockerfileContent: required, ...BUILDKIT }))) instanceof
        BuildError,
    )
  })

  it('stores its cache in a folder and takes it from there, where the Engine can', async () => {
    const { hasContainerdStore } = await traits
    const dest = join(await temporaryFolder(), 'cache')
    const dockerfileContent = `FROM busybox\nRUN echo ${Math.random()}\n`
    const options = { dockerfileContent, outputs: { type: 'none' }, ...BUILDKIT } as const
    const storing = client.images.build({ ...options, cacheTo: [{ type: 'local', dest, mode: 'max' }] })
    if (!hasContainerdStore) {
      assert.ok((await failureOf(storing)) instanceof InvalidArgumentError)
      return
    }
    await storing
    assert.deepEqual((await readdir(dest)).sort(), ['blobs', 'index.json', 'ingest', 'oci-layout'])
    await client.images.pruneBuilds({ all: true })
    const { log } = await client.images.build({ ...options, cacheFrom: [`type=local,src=${dest}`] })
    assert.equal(log, '')
  })

  it('takes the way through a tunnel where there is no other for a session', async () => {
    const door = hijackedDoor(client.api.http)
    const tunneled: Door = {
      open: door.open,
      openSession: async (introduction, signal) => tunnelSession(await door.open(signal), introduction),
    }
    const context = await aContext({ Dockerfile: 'FROM busybox\nCOPY large /\nRUN wc -c < /large\n' })
    await writeFile(join(context, 'large'), Buffer.alloc(3_000_000, `${Math.random()}`))
    const folders = new Map(['context', 'dockerfile'].map((name) => [name, { root: context }]))
    const plan = {
      ref: `${LABEL}${process.pid}${Date.now()}`,
      session: { sharedKey: context, methods: folderService(folders, () => {}) },
      request: { frontend: 'dockerfile.v0', frontendAttrs: { 'image-resolve-mode': 'local' } },
    }
    const logs: string[] = []
    const statuses = solve({ door: tunneled, plan: () => plan }, async () => {})
    for await (const status of statuses) logs.push(...status.logs.map(({ data }) => data.toString()))
    assert.equal(logs.join(''), '3000000\n')
  })

  it('makes an OCI archive where the Engine can', async () => {
    const { hasContainerdStore } = await traits
    const dest = join(await temporaryFolder(), 'oci.tar')
    const context = await aContext({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' })
    const building = client.images.build({ context, outputs: { type: 'oci', dest }, ...BUILDKIT })
    if (!hasContainerdStore) {
      assert.ok((await failureOf(building)) instanceof InvalidArgumentError)
      return
    }
    assert.match((await building).digest ?? '', /^sha256:/)
    const listed = await listTar(Readable.from([await readFile(dest)]))
    assert.ok(listed.some(({ name }) => name === 'index.json'))
  })

  it('makes several outputs of one build where the Engine can', async (test) => {
    const { hasSeveralOutputs } = await traits
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'local'))
    const context = await aContext({ Dockerfile: 'FROM scratch\nCOPY a /\n', a: 'a' })
    const building = client.images.build({
      context,
      outputs: [{ type: 'image' }, join(folder, 'local'), `type=tar,dest=${join(folder, 'out.tar')}`],
      ...BUILDKIT,
    })
    if (!hasSeveralOutputs) {
      assert.ok((await failureOf(building)) instanceof InvalidArgumentError)
      return
    }
    await removed(test, await building)
    assert.deepEqual((await readdir(folder)).sort(), ['local', 'out.tar'])
    assert.deepEqual(await readdir(join(folder, 'local')), ['a'])
  })
})

const BUILDKIT = { builder: 'buildkit' } as const

/** What an Engine of this kind has. */
async function traitsOf({ client }: TestEngine) {
  const { DriverStatus } = await client.info()
  const { apiVersion = '' } = await client.ping()
  const isNew = Number(apiVersion.split('.')[1]) > 41
  return {
    hasContainerdStore: JSON.stringify(DriverStatus ?? []).includes('io.containerd.snapshotter'),
    tellsPlaces: isNew,
    hasNamedContexts: isNew,
    hasSeveralOutputs: isNew,
  }
}

async function aContext(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder()
  await writeFiles(folder, files)
  return folder
}

/** An image that is gone after the test. */
async function build(test: TestContext, { client }: TestEngine, options: BuildOptions): Promise<BuildResult> {
  return removed(test, await client.images.build({ ...options, ...BUILDKIT }))
}

async function removed(test: TestContext, result: BuildResult): Promise<BuildResult> {
  test.after(() => result.image.remove({ force: true }).catch(() => {}))
  return result
}
