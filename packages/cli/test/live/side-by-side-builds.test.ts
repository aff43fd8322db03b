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
import { listTar } from '../../../dockline/dist-test/support/archives.js'
import { withoutBuildx } from '../support/docker-command.js'
import { buildx, docklineKept, type Ended } from '../support/dockline.js'
import { IMAGE, onEveryEngine } from '../support/engines.js'

/** A build that both commands are asked for. CONTEXT, ELSEWHERE and OUT stand for folders; OUT is another one for each. */
interface Case {
  readonly dockerfile: string
  readonly words?: readonly string[]
  readonly input?: string
  /** What has come of it, apart from what the commands wrote. */
  readonly made?: (out: string) => Promise<unknown>
  /** Whether 20.10 can do it. Otherwise it is said in other words there. Default: true. */
  readonly old?: false
  /** Whether buildx shows its progress and dockline does not. Default: false. */
  readonly isQuestion?: true
}

const LOCAL = ['-o', 'type=local,dest=OUT']

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
  'no network of that name': { dockerfile: `FROM ${IMAGE}\n`, words: ['--network', 'mynet'] },
  'an id and metadata in files': {
    dockerfile: `FROM ${IMAGE}\nENV A=b\nLABEL c=d\nUSER 5\nCMD ["e"]\n`,
    words: ['-q', '--iidfile', 'OUT/iid', '--metadata-file', 'OUT/metadata.json'],
    made: async (out) => Object.keys(JSON.parse(await readFile(join(out, 'metadata.json'), 'utf8'))).sort(),
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

const IGNORED = '*.log\n!kept.log\nskip\n!skip/this\n'

onEveryEngine((engine) => {
  describe('builds, beside buildx', { skip: withoutBuildx, concurrency: 2 }, () => {
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

    for (const [index, [name, each]] of Object.entries(CASES).entries()) {
      it(name, async () => {
        const context = at(`context-${index}`)
        // A file of its own: a step that two builds ask for at once is reported to one of them only.
        await write(context, { ...FILES, Dockerfile: each.dockerfile, [`case-${index}`]: '' })
        await link(join(context, 'a.txt'), join(context, 'same.txt'))
        await symlink('sub/../a.txt', join(context, 'link'))
        // One after the other, for the same reason.
        const theirs = await runCase(buildx, each, { context, out: at(`out-${index}-buildx`) })
        const ours = await runCase(docklineKept, each, { context, out: at(`out-${index}-dockline`) })
        const isOld = !(await engine.client.api.speaks('1.43'))
        if (isOld && each.old === false) assert.equal(ours.exitCode, theirs.exitCode)
        else assert.deepEqual(ours, theirs)
      })
    }

    async function runCase(run: typeof buildx, each: Case, { context, out }: Places): Promise<Outcome> {
      await mkdir(out)
      const words = ['build', ...(each.words ?? []), context].map((word) =>
        word.replace('OUT', out).replace('ELSEWHERE', at('elsewhere')),
      )
      const env = {
        DOCKER_CONFIG: folder,
        BUILDX_CONFIG: join(out, '.buildx'),
        BUILDKIT_PROGRESS: '',
        NO_COLOR: '1',
      }
      const ended = await run(engine.host, words, {
        env,
        ...(each.input === undefined ? {} : { input: each.input }),
      })
      const { exitCode, stdout, stderr } = comparable(ended, out)
      const progress = each.isQuestion ? [] : linesOf(stderr)
      return { exitCode, stdout, progress, made: exitCode === 0 ? await each.made?.(out) : undefined }
    }
  })
})

interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly progress: readonly string[]
  readonly made: unknown
}

interface Places {
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
]

/**
 * What is said, in whatever order and at whatever time. Whether a step is found in the cache is decided by who comes first,
 * and how often a transfer is reported is chance. A Dockerfile from stdin has no time, which makes its transfer smaller.
 */
function linesOf(stderr: string): string[] {
  const lines = stderr.split('\n').map((line) =>
    line
      .replace(/^#\d+ /, '')
      .replace(/^(transferring|copying) (.*) [\d.]+k?M?B /, '$1 $2 ')
      .replace(/ \d+\.\ds done$/, ' done')
      .replace(/^\d+\.\d+ /, '# ')
      .trimEnd(),
  )
  return [...new Set(lines.filter((line) => !CHANCE.test(line)))].sort()
}

const CHANCE =
  /^(?:|\.\.\.|CACHED|DONE [\d.]+s|(?:transferring|exporting|writing|naming|sending|copying|resolve) .*(?<!done))$/

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
