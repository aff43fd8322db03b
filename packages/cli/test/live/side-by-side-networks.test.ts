import { after, before, describe, it } from 'node:test'
import { aRunningContainer, LABEL, onEveryEngine } from '../support/engines.js'
import {
  countInvocations,
  doesTheSame,
  eachLooksTheSame,
  eachShowsTheSame,
  type Words,
} from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

const NAME = `dockline-cli-net-${process.pid}`
const FILTER = ['-f', `name=${NAME}`]
const IDS = { moving: [/\b[0-9a-f]{64}\b/g] }

countInvocations()

onEveryEngine((engine) => {
  describe('network', { skip: withoutDocker }, () => {
    before(async () => {
      const { networks } = engine.client
      // One label: docker lists several in any order.
      await networks.create(`${NAME}-10`, { labels: { a: '1' }, internal: true })
      await networks.create(`${NAME}-9`, { labels: { [LABEL]: '' } })
    })
    after(async () => {
      const networks = await engine.client.networks.list({ filters: { name: [NAME] } })
      for (const network of networks) await network.remove().catch(() => {})
    })

    const looks: readonly Words[] = [
      ['network', 'ls', ...FILTER],
      ['network', 'list', '--no-trunc', ...FILTER],
      ['network', 'ls', '-q', ...FILTER],
      ['network', 'ls', '-q', '--no-trunc', ...FILTER],
      ['network', 'ls', '-f', 'type=builtin'],
      ['network', 'ls', ...FILTER, '-f', 'label=a=1'],
      ['network', 'ls', ...FILTER, '-f', 'driver=none-such'],
      ['network', 'ls', '--format', 'json', ...FILTER],
      ['network', 'ls', '--format', '{{.ID}} {{.Name}} {{.Internal}} {{.IPv6}} {{.Labels}}', ...FILTER],
      ['network', 'ls', '--format', '{{.CreatedAt}}', ...FILTER],
      ['network', 'ls', '--format', 'table {{.Name}}\t{{.Label "a"}}', ...FILTER],
      ['network', 'inspect', `${NAME}-9`],
      ['network', 'inspect', '-f', '{{.Name}} {{.Driver}} {{len .Containers}}', `${NAME}-10`, `${NAME}-9`],
      ['network', 'inspect', '--format', 'json', `${NAME}-9`],
      ['network', 'inspect', 'dockline-no-such', `${NAME}-9`, '-f', '{{.Id}}'],
      ['network', 'inspect', '-v', 'dockline-no-such'],
      ['network', 'prune'],
      ['network', 'prune', '-f', '--filter', 'label=dockline-no-such'],
      ['network', 'rm', '-f', 'dockline-no-such'],
      ['network', 'connect', 'dockline-no-such', 'dockline-no-such-either'],
      ['network', 'disconnect', '-f', `${NAME}-9`, 'dockline-no-such'],
      ['network', 'create', NAME, '--subnet', '10.211.0.0/16', '--gateway', '10.212.0.1'],
      ['network', 'create', NAME, '--gateway', '10.212.0.1'],
      ['network', 'create', NAME, '--subnet', '10.211.0.0/16', '--subnet', '10.211.1.0/24'],
    ]
    eachShowsTheSame(
      engine,
      looks.map((words) => [words]),
    )

    const refusals: readonly Words[] = [
      ['network', 'rm'],
      ['network', 'create'],
      ['network', 'create', 'a', 'b'],
      ['network', 'connect', 'a'],
      ['network', 'ls', 'a'],
      ['network', 'ls', '--no-such-flag'],
      ['network', 'inspect'],
      ['network', 'dockline-no-such'],
    ]
    eachLooksTheSame(
      engine,
      'refuses',
      refusals.map((words) => [words]),
      { clientOnly: true },
    )

    const ownWords: readonly Words[] = [
      ['network', 'rm', 'dockline-no-such'],
      ['network', 'rm', 'bridge'],
      ['network', 'create', NAME, '--subnet', 'nonsense'],
    ]
    eachLooksTheSame(
      engine,
      'refuses in words of its own',
      ownWords.map((words) => [words, { stderr: 'own' }]),
    )

    it('creates, connects, disconnects and removes', async (test) => {
      const subjects = { docker: `${NAME}-one`, dockline: `${NAME}-two` }
      const { id } = await aRunningContainer(test, engine)
      const labels = ['--label', LABEL, '--label', 'a=1']
      await doesTheSame(engine, subjects, (name) => ['network', 'create', ...labels, name], IDS)
      await doesTheSame(engine, subjects, (name) => ['network', 'create', name], IDS)
      await doesTheSame(engine, subjects, (name) => ['network', 'connect', '--alias', 'x', name, id])
      const joined = ['network', 'inspect', '-f', '{{range .Containers}}{{.Name}}{{end}}']
      await doesTheSame(engine, subjects, (name) => [...joined, name])
      await doesTheSame(engine, subjects, (name) => ['network', 'disconnect', name, id])
      await doesTheSame(engine, subjects, (name) => ['network', 'rm', name])
    })
    it('prunes', async () => {
      const subjects = { docker: `${NAME}-pruned-one`, dockline: `${NAME}-pruned-two` }
      await doesTheSame(engine, subjects, (name) => ['network', 'create', '--label', name, name], IDS)
      const prune = (name: string) => ['network', 'prune', '--filter', `label=${name}`]
      await doesTheSame(engine, subjects, prune, { input: 'n\n' })
      await doesTheSame(engine, subjects, prune, { input: 'Y\n' })
    })
  })
})
