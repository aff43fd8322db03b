import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, it } from 'node:test'
import { dockline, type Ended } from '../support/dockline.js'
import { IMAGE, onEveryEngine } from '../support/engines.js'
import { DocklineScreen } from '../support/screen.js'

const DOCKERFILE = `FROM ${IMAGE} AS one
COPY a.txt /a.txt
FROM one AS two
RUN echo made of $(cat /a.txt)
`
const FAILING = `FROM ${IMAGE}
RUN for i in 1 2 3; do echo line $i; done; exit 7
`

onEveryEngine((engine) => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dockline-cli-build-'))
    await writeFile(join(folder, 'a.txt'), `something new: ${process.hrtime.bigint()}`)
    await writeFile(join(folder, 'Dockerfile'), DOCKERFILE)
    await writeFile(join(folder, 'Failing'), FAILING)
    await writeFile(join(folder, 'Slow'), `FROM ${IMAGE}\nRUN echo begun; sleep 600\n`)
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const build = (...words: string[]): Promise<Ended> =>
    dockline(engine.host, ['build', ...words, folder], {
      env: { DOCKER_CONFIG: folder, BUILDKIT_PROGRESS: '' },
    })

  /** 20.10 says less of what went wrong, and does not remember builds. */
  const isOld = async () => !(await engine.client.api.speaks('1.43'))

  it('builds with BuildKit, and says so line by line on stderr', async () => {
    const { exitCode, stdout, stderr } = await build('--no-cache')
    assert.deepEqual([exitCode, stdout], [0, ''], stderr)
    // Steps that the Engine reports at once come in any order.
    assert.match(stderr, /^#0 building with "default" instance using docker driver\n\n#1 \[/)
    assert.match(stderr, /^#\d+ \[internal\] load build definition from Dockerfile$/m)
    assert.match(
      stderr,
      /^#\d+ \[two 1\/1\] RUN echo made of .*\n#\d+ \d\.\d{3} made of something new: \d+\n#\d+ DONE /m,
    )
    assert.match(stderr, /#\d+ exporting to image\n(?:#.*\n)*#\d+ DONE \d+\.\ds\n$/)
  })

  it('prints the id alone with -q, and writes it to a file', async () => {
    const iidfile = join(folder, 'iid')
    const { exitCode, stdout, stderr } = await build('-q', '--iidfile', iidfile)
    assert.deepEqual([exitCode, stderr], [0, ''])
    assert.match(stdout, /^sha256:[0-9a-f]{64}\n$/)
    assert.equal(`${await readFile(iidfile, 'utf8')}\n`, stdout)
    await engine.client.images.get(stdout.trim())
  })

  it('writes metadata to a file', async () => {
    const file = join(folder, 'metadata.json')
    const { stdout } = await build('-q', '--metadata-file', file)
    const metadata = JSON.parse(await readFile(file, 'utf8'))
    assert.match(metadata['buildx.build.ref'], /^default\/default\/\w{25}$/)
    assert.equal(metadata['containerimage.config.digest'] ?? metadata['containerimage.digest'], stdout.trim())
    if (!(await isOld())) assert.equal(typeof metadata['buildx.build.provenance'].buildType, 'string')
  })

  it('ends with the log and the place of a step that fails, and with 1', async () => {
    const { exitCode, stdout, stderr } = await build('-f', join(folder, 'Failing'))
    assert.deepEqual([exitCode, stdout], [1, ''])
    assert.match(stderr, /------\n > \[2\/2\] RUN .*:\n(?:\d\.\d{3} line \d\n){3}------\n/)
    assert.match(stderr, /ERROR: failed to build: failed to solve: .*exit code: 7\n$/)
    if (!(await isOld())) assert.match(stderr, /^Failing:2\n-{20}\n {3}1 \| .*\n {3}2 \| >>> RUN for/m)
  })

  it('takes a Dockerfile and a tar from stdin, and writes a tar to stdout', async () => {
    const env = { DOCKER_CONFIG: folder }
    const input = `FROM ${IMAGE}\nRUN echo hello > /made\n`
    const made = await dockline(engine.host, ['build', '-q', '-'], { env, input })
    assert.match(made.stdout, /^sha256:/, made.stderr)
    const scratch = 'FROM scratch\nCOPY a.txt /here.txt\n'
    const tar = await dockline(engine.host, ['build', '-q', '-f', '-', '-o', '-', folder], {
      env,
      input: scratch,
    })
    assert.equal(tar.exitCode, 0, tar.stderr)
    assert.match(tar.stdout, /^here\.txt\0/)
    assert.match(tar.stdout, /something new/)
  })

  it('has the classic builder with DOCKER_BUILDKIT=0', async () => {
    const env = { DOCKER_BUILDKIT: '0', DOCKER_CONFIG: folder }
    const { exitCode, stdout } = await dockline(engine.host, ['build', folder], { env })
    assert.equal(exitCode, 0)
    assert.match(stdout, /^Step 1\/4 : FROM /m)
    const refused = await dockline(engine.host, ['build', '--secret', 'id=a', folder], { env })
    assert.equal(refused.exitCode, 125)
    assert.match(refused.stderr, /--secret needs BuildKit, and this build runs on the classic builder/)
  })

  it('stops the step that runs at Ctrl-C, and ends with 130', async (test) => {
    const screen = new DocklineScreen(test, engine.host, ['build', '-f', join(folder, 'Slow'), folder], {
      env: { DOCKER_CONFIG: folder },
    })
    await screen.shows(/=> => # begun/)
    screen.type('\x03')
    assert.equal(await screen.exitCode, 130)
    await screen.shows(/=> CANCELED \[2\/2\] RUN echo begun; sleep 600/)
    await screen.shows(/ERROR: failed to build: failed to solve: Canceled: context canceled$/)
  })

  it('draws the steps on a terminal, and leaves all of them there', async (test) => {
    const drawResized = async () => {
      const screen = new DocklineScreen(test, engine.host, ['build', '--no-cache', folder], {
        rows: 6,
        env: { DOCKER_CONFIG: folder, NO_COLOR: '1' },
      })
      await screen.shows(/^\[\+\] Building /m)
      screen.resize(70, 12)
      assert.equal(await screen.exitCode, 0)
      return screen.all()
    }
    const isLast = (line: string) => /^\[\+\] Building .* FINISHED +docker:default$/.test(line)
    let lines = await drawResized()
    // A short build may be over before it hears of the new size.
    for (let more = 5; more > 0 && !lines.some(isLast); more -= 1) lines = await drawResized()
    const last = lines.findLastIndex(isLast)
    assert.notEqual(last, -1, lines.join('\n'))
    const steps = lines.slice(last + 1)
    assert.ok(steps.some((line) => /^ => \[one 2\/2\] COPY a\.txt \/a\.txt +\d+\.\ds$/.test(line)))
    assert.ok(steps.every((line) => line.length < 70))
  })

  it('checks a Dockerfile, and says what can be built of it', async () => {
    if (await isOld()) {
      const { exitCode, stderr } = await build('--check')
      assert.equal(exitCode, 1)
      assert.match(stderr, /unsupported request frontend\.lint/)
      return
    }
    assert.deepEqual(pick(await build('--check')), [0, 'Check complete, no warnings found.\n'])
    const targets = 'TARGET        DESCRIPTION\none           \ntwo (default) \n'
    assert.deepEqual(pick(await build('--call', 'targets')), [0, targets])
    await writeFile(join(folder, 'Loud'), `FROM ${IMAGE} as one\n`)
    const { exitCode, stdout } = await build('--check', '-f', join(folder, 'Loud'))
    assert.equal(exitCode, 1)
    assert.match(stdout, /^Check complete, 1 warning has been found!\n\nWARNING: FromAsCasing - https:/)
  })

  it('shows its cache, and removes it', async () => {
    await build('-q')
    const words = ['--filter', 'description=a.txt']
    const before = await dockline(engine.host, ['buildx', 'du', ...words])
    assert.match(before.stdout, /^ID +RECLAIMABLE +SIZE +LAST ACCESSED\n\w{25}/, before.stderr)
    const removed = await dockline(engine.host, ['builder', 'prune', '-af', ...words])
    assert.equal(removed.exitCode, 0, removed.stderr)
    assert.match(removed.stdout, /Total:\t[\d.]+k?B\n$/)
  })

  it('remembers builds, replays them, and forgets them', async () => {
    const buildx = (...words: string[]) =>
      dockline(engine.host, ['buildx', ...words], { env: { DOCKER_CONFIG: folder } })
    const inspected = await buildx('inspect')
    assert.match(inspected.stdout, /^Name: +default\nDriver: +docker\n/, inspected.stderr)
    if (await isOld()) {
      const { exitCode, stderr } = await buildx('history', 'ls')
      assert.equal(exitCode, 1)
      assert.match(stderr, /BuildKit of this Engine is too old/)
      return
    }
    await build('--progress', 'none', '-f', join(folder, 'Failing'))
    const { stdout } = await buildx(
      'history',
      'ls',
      '--filter',
      'status=error',
      '--format',
      '{{.Ref}} {{.Name}}',
    )
    // Builds of other tests fail at the same time.
    const rows = stdout.split('\n').map((row) => row.split(' '))
    const [ref = ''] = rows.find(([, name]) => name === `${basename(folder)}/Failing`) ?? []
    assert.notEqual(ref, '', stdout)
    const logs = await buildx('history', 'logs', ref)
    assert.match(logs.stderr, /^#\d+ ERROR: process .*exit code: 7$/m)
    const about = await buildx('history', 'inspect', ref, '--format', '{{.Error.Name}}: {{.Error.Logs}}')
    assert.match(about.stdout, /^\[2\/2\] RUN .*: \[line 1 line 2 line 3\]\n$/)
    assert.equal((await buildx('history', 'rm', ref)).exitCode, 0)
    const gone = await buildx('history', 'logs', ref)
    assert.deepEqual([gone.exitCode, gone.stderr], [1, `ERROR: no record found for ref "${ref}"\n`])
  })
})

function pick({ exitCode, stdout }: Ended) {
  return [exitCode, stdout]
}
