import assert from 'node:assert/strict'
import {
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { DockerClient } from 'dockline'
import { listTar } from '../../../dockline/dist-test/support/archives.js'
import { anEngineName, canStartEngines, startEngine } from '../../../dockline/dist-test/support/engines.js'
import { makeRepository, serveRepositories } from '../../../dockline/dist-test/support/git.js'
import { PATIENT } from '../../../dockline/dist-test/support/patience.js'
import { enginePid } from '../../../dockline/dist-test/support/registry.js'
import { withoutBuildx } from '../support/docker-command.js'
import { buildx, docklineKept, type Ended } from '../support/dockline.js'
import { IMAGE, onEveryEngine, type TestEngine } from '../support/engines.js'

/** A build that both commands are asked for. CONTEXT, ELSEWHERE and OUT stand for folders; OUT is another one for each. */
interface Case {
  readonly dockerfile: string
  readonly words?: readonly string[]
  readonly input?: string
  /** What has come of it, apart from what the commands wrote. */
  readonly made?: (out: string, engine: TestEngine) => Promise<unknown>
  readonly env?: Readonly<Record<string, string>>
  /** Prepares the context further, once its files are there. */
  readonly prepare?: (context: string) => Promise<unknown>
  /** Prepares the folder that the results go to. */
  readonly prepareOut?: (out: string) => Promise<unknown>
  /** Whether the context is fetched from a git repository. Default: false. */
  readonly isRemote?: true
  /** Whether 20.10 can do it. Otherwise it is said in other words there. Default: true. */
  readonly old?: false
  /** Whether buildx shows its progress and dockline does not. Default: false. */
  readonly isQuestion?: true
}

const LOCAL = ['-o', 'type=local,dest=OUT']

const MAY_BE_EMPTY = [
  ...['--add-host', '--allow', '--annotation', '--build-context', '--cache-from', '--cache-to', '--memory'],
  ...['--no-cache-filter', '--output', '--progress', '--provenance', '--sbom', '--secret', '--ssh'],
]

const FROM_GIT: Case = {
  dockerfile: 'FROM scratch\nCOPY . /\n',
  words: LOCAL,
  prepare: makeRepository,
  isRemote: true,
  made: tree,
}

const CASES: Readonly<Record<string, Case>> = {
  'a folder of everything': { dockerfile: 'FROM scratch\nCOPY . /\n', words: LOCAL, made: tree },
  'the same as a tar': {
    dockerfile: 'FROM scratch\nCOPY . /\n',
    words: ['-o', 'type=tar,dest=OUT/out.tar'],
    made: async (out) =>
      (await listTar(Readable.from([await readFile(join(out, 'out.tar'))])))
        .map(({ name, type, mode, linkname, uid, gid, content }) => ({
          name,
          type,
          mode,
          linkname,
          uid,
          gid,
          content,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
  },
  'a step that writes': {
    dockerfile: `FROM ${IMAGE}\nARG WHO\nRUN echo "hello $WHO"; echo more >&2\n`,
    words: ['--no-cache', '--build-arg', 'WHO=you', '--label', 'a=b'],
  },
  'a step that fails': { dockerfile: `FROM ${IMAGE}\nRUN echo before; exit 7\n`, words: ['--no-cache'] },
  'a target among several stages': {
    dockerfile: `FROM ${IMAGE} AS one\nRUN echo one > /one\nFROM scratch AS two\nCOPY --from=one /one /\nFROM two\nCOPY a.txt /\n`,
    words: ['--target', 'two', ...LOCAL],
    made: tree,
  },
  'a stage that is not there': { dockerfile: 'FROM scratch\nCOPY a.txt /\n', words: ['--target', 'nope'] },
  'a file that is not there': { dockerfile: 'FROM scratch\nCOPY nope.txt /\n' },
  'an unknown instruction': { dockerfile: 'FROM scratch\nCOPPY a b\n' },
  'a Dockerfile on stdin': {
    dockerfile: '',
    words: ['-f', '-', ...LOCAL],
    input: 'FROM scratch\nCOPY a.txt /b\n',
    made: tree,
  },
  'a Dockerfile from elsewhere': {
    dockerfile: '',
    words: ['-f', 'ELSEWHERE/My.Dockerfile', ...LOCAL],
    made: tree,
  },
  'a git repository': FROM_GIT,
  'a named context': {
    dockerfile: 'FROM scratch\nCOPY --from=other . /\n',
    words: ['--build-context', 'other=ELSEWHERE', ...LOCAL],
    made: tree,
    old: false,
  },
  'a secret': {
    dockerfile: `FROM ${IMAGE}\nRUN --mount=type=secret,id=s cat /run/secrets/s\n`,
    words: ['--no-cache', '--secret', 'id=s,src=ELSEWHERE/secret'],
  },
  'a secret that is not there': { dockerfile: `FROM ${IMAGE}\n`, words: ['--secret', 'id=s,src=/not/here'] },
  'a secret of a variable that is not there': {
    dockerfile: `FROM ${IMAGE}\nRUN --mount=type=secret,id=s wc -c /run/secrets/s\n`,
    words: ['--no-cache', '--secret', 'id=s,env=DOCKLINE_NO_SUCH'],
  },
  'flags that are empty': {
    dockerfile: 'FROM scratch\nCOPY a.txt /\n',
    words: [...MAY_BE_EMPTY.flatMap((name) => [name, '']), ...LOCAL],
    made: tree,
  },
  'the platform of this machine, and caches of GitHub elsewhere': {
    dockerfile: 'FROM scratch\nARG TARGETPLATFORM\nCOPY a.txt /$TARGETPLATFORM/\n',
    words: ['--platform', 'local', '--cache-to', 'type=gha', '--cache-from', 'type=gha', ...LOCAL],
    env: { ACTIONS_RUNTIME_TOKEN: '' },
    made: tree,
  },
  'no network of that name': { dockerfile: `FROM ${IMAGE}\n`, words: ['--network', 'mynet'] },
  'an id and metadata in files': {
    dockerfile: `FROM ${IMAGE}\nENV A=b\nLABEL c=d\nUSER 5\nCMD ["e"]\n`,
    words: ['-q', '--iidfile', 'OUT/iid', '--metadata-file', 'OUT/metadata.json'],
    made: async (out) => Object.keys(JSON.parse(await readFile(join(out, 'metadata.json'), 'utf8'))).sort(),
  },
  'the id of a tar': {
    dockerfile: 'FROM scratch\nCOPY a.txt /\n',
    words: ['--iidfile', 'OUT/iid', '-o', 'type=tar,dest=OUT/out.tar'],
  },
  'the id of a folder': {
    dockerfile: 'FROM scratch\nCOPY a.txt /\n',
    words: ['--iidfile', 'OUT/iid', ...LOCAL],
  },
  'an id in no folder': {
    dockerfile: 'FROM scratch\nCOPY a.txt /\n',
    words: ['-q', '--iidfile', 'OUT/no/iid'],
  },
  'a tar that a link leads to': {
    dockerfile: 'FROM scratch\nCOPY a.txt /\n',
    words: ['-o', 'type=tar,dest=OUT/link.tar'],
    prepareOut: (out) => symlink('real.tar', join(out, 'link.tar')),
    made: async (out) => [await readlink(join(out, 'link.tar')), (await readdir(out)).includes('real.tar')],
  },
  'checks of a Dockerfile': {
    dockerfile: 'FROM busybox as Build\nCMD echo hi\n',
    words: ['--check'],
    old: false,
    isQuestion: true,
  },
  'an outline': {
    dockerfile: `# the version\nARG V=1\nFROM ${IMAGE} AS one\nARG W\nRUN --mount=type=secret,id=s,required=true true\n`,
    words: ['--call', 'outline'],
    old: false,
    isQuestion: true,
  },
  targets: {
    dockerfile: '# first\nFROM busybox AS one\n# second\nFROM one AS two\n',
    words: ['--call', 'targets'],
    old: false,
    isQuestion: true,
  },
}

/** An instruction of each kind that an image's configuration knows. */
const CONFIGURED = `FROM ${IMAGE}
ARG VERSION=1
ENV A=b VERSION=$VERSION
LABEL from=dockerfile
WORKDIR /work
RUN echo made > made
COPY --chown=5:6 a.txt sub/ ./
VOLUME /data
EXPOSE 80/tcp 53/udp
HEALTHCHECK --interval=5s --retries=2 CMD true
STOPSIGNAL SIGINT
SHELL ["/bin/ash", "-c"]
ONBUILD RUN echo later
USER 5:6
ENTRYPOINT ["echo"]
CMD ["words"]
`

const WITH_IMAGE = ['--iidfile', 'OUT/iid']

/** The id is printed, too. */
const WITH_ID = ['-q', ...WITH_IMAGE]

/** Cases whose images are compared field by field. */
const IMAGES: Readonly<Record<string, Case>> = {
  'an image with all that can be configured': {
    dockerfile: CONFIGURED,
    words: [...WITH_IMAGE, '--label', 'from=words', '--label', 'more=1', '--build-arg', 'VERSION=2'],
    made: imageIn,
  },
  'an image for another platform': {
    dockerfile: 'FROM scratch\nCOPY a.txt /\n',
    words: [...WITH_IMAGE, '--platform', 'linux/arm64/v8'],
    made: imageIn,
  },
  'an image with the labels of a git repository': {
    dockerfile: 'FROM scratch\nCOPY a.txt /labels/\n',
    words: [...WITH_IMAGE, '-f', 'CONTEXT/Dockerfile'],
    env: { BUILDX_GIT_LABELS: '1' },
    prepare: makeRepository,
    made: imageIn,
  },
  'an image with the labels of a git repository that has changed': {
    dockerfile: 'FROM scratch\nCOPY a.txt /changed/\n',
    words: WITH_IMAGE,
    env: { BUILDX_GIT_LABELS: 'full', BUILDX_GIT_CHECK_DIRTY: 'true', BUILDX_GIT_INFO: '0' },
    prepare: async (context) => {
      await makeRepository(context)
      await write(context, { new: '' })
    },
    made: imageIn,
  },
}

/** Cases in which containerd's image store makes a difference. */
const OF_CONTAINERD: Readonly<Record<string, Case>> = {
  ...IMAGES,
  'a git repository': FROM_GIT,
  'an image for two platforms': {
    dockerfile: 'FROM scratch\nCOPY a.txt /platforms/\n',
    words: [...WITH_IMAGE, '--platform', 'linux/amd64,linux/arm64', '--annotation', 'index:a=b'],
    made: imageIn,
  },
  'an image with all of its provenance': {
    dockerfile: 'FROM scratch\nCOPY a.txt /provenance/\n',
    words: [...WITH_IMAGE, '--provenance', 'mode=max', '--metadata-file', 'OUT/metadata.json'],
    env: { BUILDX_METADATA_PROVENANCE: 'max' },
    made: async (out, engine) => ({
      image: await imageIn(out, engine),
      metadata: shapeOf(JSON.parse(await readFile(join(out, 'metadata.json'), 'utf8'))),
    }),
  },
  'an OCI archive': {
    dockerfile: CONFIGURED,
    words: [...WITH_ID, '-o', 'type=oci,dest=OUT/out.tar,annotation.a=b'],
    made: archiveWithId,
  },
  'an archive for docker load': {
    dockerfile: CONFIGURED,
    words: [...WITH_ID, '-o', 'type=docker,dest=OUT/out.tar'],
    made: archiveWithId,
  },
  'a cache in a folder': {
    dockerfile: CONFIGURED,
    words: ['--cache-to', 'type=local,dest=OUT/cache,mode=max', '-o', 'type=cacheonly'],
    made: async (out) => (await readdir(join(out, 'cache'), { recursive: true })).map(withoutDigest).sort(),
  },
}

const IGNORED = '*.log\n!kept.log\nskip\n!skip/this\n'

onEveryEngine((engine) => {
  describe('builds, beside buildx', { skip: withoutBuildx, concurrency: 2 }, () => {
    compareEach(() => engine, { ...CASES, ...IMAGES })
  })
})

describe("builds on an Engine with containerd's image store, beside buildx", {
  ...PATIENT,
  skip: canStartEngines ? withoutBuildx : 'making Engines needs root on Linux',
  concurrency: 2,
}, () => {
  let engine: TestEngine | undefined
  const ends: (() => unknown)[] = []

  before(async () => {
    const flags = ['--suite', 'sid', '--feature', 'containerd-snapshotter=true']
    const owner = { after: (end: () => unknown) => void ends.unshift(end) }
    const { host } = await startEngine(owner, anEngineName('containerd'), flags)
    engine = { host, client: new DockerClient({ host }) }
  })
  after(async () => {
    await engine?.client.close()
    for (const end of ends) await end()
  })

  compareEach(() => engine as TestEngine, OF_CONTAINERD)
})

function compareEach(engineOf: () => TestEngine, cases: Readonly<Record<string, Case>>): void {
  let folder = ''
  const at = (name: string) => join(folder, name)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dockline-cli-builds-'))
    await write(at('elsewhere'), {
      'My.Dockerfile': 'FROM scratch\nCOPY a.txt /c\n',
      secret: 'hidden\n',
      'x/y': '1',
    })
  })
  after(() => rm(folder, { recursive: true, force: true }))

  for (const [index, [name, each]] of Object.entries(cases).entries()) {
    it(name, async (test) => {
      const engine = engineOf()
      const pid = await enginePid(engine.host)
      if (each.isRemote && pid === undefined)
        return test.skip('no server can be in the network of the Engine')
      const local = at(`context-${index}`)
      // A file of its own: a step that two builds ask for at once is reported to one of them only.
      await write(local, { ...FILES, Dockerfile: each.dockerfile, [`case-${index}`]: '' })
      await link(join(local, 'a.txt'), join(local, 'same.txt'))
      await symlink('sub/../a.txt', join(local, 'link'))
      await each.prepare?.(local)
      const isServed = each.isRemote && pid !== undefined
      const url = isServed ? await serveRepositories(test, pid, { folder, scheme: 'http' }) : ''
      const context = isServed ? `${url}/context-${index}/.git#main` : local
      // One after the other, for the same reason.
      const theirs = await runCase(buildx, each, { engine, context, out: at(`out-${index}-buildx`) })
      const ours = await runCase(docklineKept, each, { engine, context, out: at(`out-${index}-dockline`) })
      const isOld = !(await engine.client.api.speaks('1.43'))
      if (isOld && each.old === false) assert.equal(ours.exitCode, theirs.exitCode)
      else assert.deepEqual(ours, theirs)
    })
  }

  async function runCase(run: typeof buildx, each: Case, { engine, context, out }: Places): Promise<Outcome> {
    await mkdir(out)
    await each.prepareOut?.(out)
    const words = ['build', ...(each.words ?? []), context].map((word) =>
      word.replace('OUT', out).replace('ELSEWHERE', at('elsewhere')).replace('CONTEXT', context),
    )
    const env = {
      DOCKER_CONFIG: folder,
      BUILDX_CONFIG: join(out, '.buildx'),
      BUILDKIT_PROGRESS: '',
      NO_COLOR: '1',
      ...each.env,
    }
    const ended = await run(engine.host, words, {
      env,
      ...(each.input === undefined ? {} : { input: each.input }),
    })
    const { exitCode, stdout, stderr } = comparable(ended, out)
    const progress = each.isQuestion ? [] : linesOf(stderr)
    return { exitCode, stdout, progress, made: exitCode === 0 ? await each.made?.(out, engine) : undefined }
  }
}

interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly progress: readonly string[]
  readonly made: unknown
}

interface Places {
  readonly engine: TestEngine
  readonly context: string
  readonly out: string
}

const FILES = {
  ...{ 'a.txt': 'a\n', 'b.log': 'b', 'kept.log': 'k', 'skip/that': 's', 'skip/this': 't', 'sub/d/e': 'e' },
  ...{ 'ü ä.txt': 'ü', '.dockerignore': IGNORED },
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
}

/** buildx lists warnings in any order. */
function comparable({ exitCode, stdout, stderr }: Ended, out: string) {
  const settled = (text: string) =>
    MOVING.reduce((result, [pattern, word]) => result.replace(pattern, word), text.replaceAll(out, 'OUT'))
  return { exitCode, stdout: settled(stdout).split('\n\n').sort().join('\n\n'), stderr: settled(stderr) }
}

/** Ids, and what says nothing to a reader, which dockline leaves out. */
const MOVING: readonly (readonly [RegExp, string])[] = [
  [/\bsha256:[\da-f]{12,64}\b/g, 'sha256:#'],
  [/\b[\da-f-]{36}::\w{25}\b/g, '#'],
  [/rpc error: code = Unknown desc = /g, ''],
  // buildx reports one of two failures, the one that it hears of first.
  [/failed to run Build function: /g, 'failed to solve: '],
]

/**
 * What is said, in whatever order and at whatever time. Whether a step is found in the cache is decided by who comes first,
 * and chance decides how often a transfer is reported, and whether a task is seen before it is done. So it does, on a busy
 * machine, for the end of the export of layers. Only buildx has a step for the file of metadata. A Dockerfile from stdin has
 * no time, which makes its transfer smaller. git fetches a repository for the first build only.
 */
function linesOf(stderr: string): string[] {
  const lines = stderr.split('\n').map((line) =>
    line
      .replace(/^#\d+ /, '')
      // Builds at the same time share their base, and platforms a step that needs none of them: any of them gives the name.
      .replace(/^\[[^\]]*\d+\/\d+\] FROM /, '[#] FROM ')
      .replace(/^\[linux\/\w+ /, '[linux/# ')
      .replace(/^(transferring|copying) (.*) [\d.]+k?M?B /, '$1 $2 ')
      .replace(/ \d+\.\ds done$/, ' done')
      .replace(/^-?\d+\.\d+ /, '# ')
      .trimEnd(),
  )
  return [...new Set(lines.filter((line) => !CHANCE.test(line)))].sort()
}

const CHANCE =
  /^(?:|# (?:From | \* \[new branch\]|Initialized empty Git).*|\.\.\.|CACHED|resolving provenance for metadata file|DONE [\d.]+s|exporting layers done|(?:transferring|preparing|exporting|writing|naming|unpacking|sending|copying|resolve) .*(?<!done))$/

/** Returns the fields of an image, without those that differ from build to build. */
async function imageIn(out: string, { client }: TestEngine): Promise<unknown> {
  const image = await client.images.get(await readFile(join(out, 'iid'), 'utf8'))
  const { RootFS, ...attrs } = image.attrs ?? {}
  const fields = Object.entries(attrs).filter(([name]) => !MOVING_FIELDS.includes(name))
  const history = await image.history()
  return {
    ...Object.fromEntries(fields),
    layers: RootFS?.Layers?.length,
    history: history.map(({ CreatedBy, Comment, Size }) => [CreatedBy, Comment, Size]),
  }
}

const MOVING_FIELDS = [
  ...['Id', 'Created', 'Metadata', 'GraphDriver', 'Descriptor', 'RepoTags', 'RepoDigests', 'Size'],
]

/** The names in an archive of an image, and the configuration that it has. */
async function archiveIn(out: string): Promise<unknown> {
  const entries = await listTar(Readable.from([await readFile(join(out, 'out.tar'))]))
  const configs = entries.flatMap(({ content }) => (content.startsWith('{"architecture"') ? [content] : []))
  const history = (config: Config) => config.history.map((step) => ({ ...step, created: undefined }))
  return {
    names: entries.map(({ name, type }) => [withoutDigest(name), type]).sort(),
    configs: configs.map((text) => {
      const config: Config = JSON.parse(text)
      return { ...config, created: '', rootfs: config.rootfs.diff_ids.length, history: history(config) }
    }),
  }
}

/** The same, and whose digest the id is, among those of the archive. */
async function archiveWithId(out: string): Promise<unknown> {
  const id = await readFile(join(out, 'iid'), 'utf8')
  const entries = await listTar(Readable.from([await readFile(join(out, 'out.tar'))]))
  const named = entries.find(({ name }) => name === `blobs/${id.replace(':', '/')}`)
  const { mediaType } = JSON.parse(named?.content ?? '{}') as { readonly mediaType?: string }
  return { archive: await archiveIn(out), isNamed: named !== undefined, mediaType }
}

interface Config {
  readonly rootfs: { readonly diff_ids: readonly string[] }
  readonly history: readonly object[]
}

function withoutDigest(name: string): string {
  return name.replace(/[\da-f]{64}/g, '#')
}

/** Measurements of a build: how many there are follows from how long it took. */
const SAMPLES = ['sysUsage', 'samples']

/** The fields of a document, without their values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !SAMPLES.includes(name))
      .map(([name, inner]) => [withoutDigest(name), shapeOf(inner)]),
  )
}

async function tree(folder: string): Promise<unknown> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => !name.startsWith('.buildx'))
    .sort()
  return Promise.all(names.map(async (name) => [name, ...(await factsOf(join(folder, name)))]))
}

async function factsOf(path: string): Promise<unknown[]> {
  const stats = await lstat(path)
  const seconds = Math.floor(stats.mtimeMs / 1000)
  if (stats.isSymbolicLink()) return ['link', await readlink(path)]
  if (stats.isDirectory()) return ['folder', stats.mode, seconds]
  return [stats.mode, stats.nlink, seconds, await readFile(path, 'utf8')]
}
