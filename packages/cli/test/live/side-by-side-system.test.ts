import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { DockerClient } from 'dockline'
import { anOwnEngine, canStartEngines } from '../../../dockline/dist-test/support/engines.js'
import { aNewerEngine } from '../../../dockline/dist-test/support/newer-engine.js'
import { IMAGE, isNewest, onEveryEngine } from '../support/engines.js'
import { aFolder } from '../support/scripted-engine.js'
import {
  countInvocations,
  eachLooksTheSame,
  eachShowsTheSame,
  looksTheSame,
  type Words,
} from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

const IMAGE_SIZES =
  '{{range .Images}}{{.Repository}} {{.ID}} {{.Size}} {{.SharedSize}} {{.UniqueSize}} {{.Containers}}{{end}}'
const NEVER = ['--filter', 'label=dockline-no-such']

countInvocations()

onEveryEngine((engine) => {
  /** For what is no matter of the Engine's. */
  const once = isNewest(engine) ? it : () => {}

  describe('system', { skip: withoutDocker }, () => {
    const looks: readonly Words[] = [
      ['info', '-f', '{{.ID}} {{.ServerVersion}} {{.NCPU}} {{.MemTotal}}'],
      ['system', 'info', '--format', '{{json .Plugins}} {{json .Swarm}} {{.OSType}}'],
      ['info', '-f', '{{range .SecurityOptions}}<{{.}}>{{end}}{{if .Debug}}debug{{end}}'],
      ['version', '-f', '{{.Server.Version}} {{.Server.Os}}'],
      ['system', 'prune'],
      ['system', 'prune', '-a', '--volumes', ...NEVER, '--filter', 'label!=b'],
      ['system', 'prune', '-f', ...NEVER],
      ['system', 'prune', '-af', '--volumes', ...NEVER],
      ['system', 'prune', '--volumes', '--filter', 'until=1h'],
      ['system', 'events', '--since', '1', '--until', '2'],
    ]
    eachShowsTheSame(
      engine,
      looks.map((words) => [words]),
    )

    const refusals: readonly Words[] = [
      ['system', 'df', 'a'],
      ['system', 'prune', 'a'],
      ['system', 'dockline-no-such'],
      ['info', 'a'],
      ['info', '--no-such-flag'],
      ['system', '--no-such-flag'],
    ]
    eachLooksTheSame(
      engine,
      'refuses',
      refusals.map((words) => [words]),
      { clientOnly: true },
    )

    const ownWords: readonly Words[] = [['info', '-f', '{{']]
    eachLooksTheSame(
      engine,
      'refuses in words of its own',
      ownWords.map((words) => [words, { stderr: 'own' }]),
      { clientOnly: true },
    )

    it('info tells what docker tells, but for the client', async () => {
      await looksTheSame(engine, ['info'], {
        // What the client is, and numbers that change with every other test.
        moving: [/^Client[\s\S]*?\n\n/, /(Containers|Running|Paused|Stopped|Images): \d+/g],
      })
    })
    it('info tells who has logged in, and more where DEBUG is set, as -D sets it', async (test) => {
      const DOCKER_CONFIG = await aFolder(test)
      const auth = Buffer.from('me:secret').toString('base64')
      const auths = { 'https://index.docker.io/v1/': { auth } }
      await writeFile(join(DOCKER_CONFIG, 'config.json'), JSON.stringify({ auths }))
      for (const DEBUG of ['', '1'])
        await looksTheSame(engine, ['info'], {
          env: { DOCKER_CONFIG, DEBUG },
          moving: [
            /^Client[\s\S]*?\n\n/,
            /(Containers|Running|Paused|Stopped|Images|File Descriptors|Goroutines|EventsListeners): \d+/g,
            /System Time: .*/,
          ],
        })
    })
    once('an Engine that is not there is told in words that scripts know', async () => {
      const nowhere = { host: 'tcp://127.0.0.1:1', client: engine.client }
      const rows: readonly Words[] = [['ps'], ['events'], ['run', IMAGE], ['create', IMAGE], ['inspect', 'a']]
      for (const words of rows) await looksTheSame(nowhere, words)
    })
    once('tells of the client also when there is no Engine', async () => {
      const nowhere = { host: 'unix:///dockline-no-such.sock', client: engine.client }
      await looksTheSame(nowhere, ['info'], { stderr: 'own', moving: [/ Version: .*/] })
    })
  })
})

// The disk has to stay as it is between two commands: nobody else uses this Engine.
describe('system df', { skip: withoutDocker || !canStartEngines }, () => {
  it('tells what docker tells', async (test) => {
    const { host } = await anOwnEngine(test, 'sid')
    const client = new DockerClient({ host })
    const same = (words: Words) =>
      test.test(words.join(' '), () => looksTheSame({ host, client }, ['system', 'df', ...words]))
    await client.containers.run(IMAGE, ['sleep', '600'], { detach: true, volumes: ['/data'] })
    await client.containers.create(IMAGE, ['true'])

    await same([])
    await same(['--format', 'json'])
    await same(['--format', '{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}'])
    await same(['--format', 'table {{.Type}}\t{{.Size}}'])
    await same(['--format', 'raw'])
    await same(['-v'])
    await same(['-v', '--format', 'raw'])
    await same(['-v', '--format', IMAGE_SIZES])

    // docker asks these in API 1.51, which is the same as asking the Engine behind.
    for (const version of ['1.52', '1.53', '1.56']) {
      const newer = await aNewerEngine(test, host, version)
      for (const words of [[], ['-v']]) {
        const title = `${words} in API ${version}`
        await test.test(title, () => looksTheSame({ ...newer, client }, ['system', 'df', ...words]))
      }
    }
  })
})
