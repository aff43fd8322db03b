import { after, before, describe, it } from 'node:test'
import { LABEL, onEveryEngine } from '../support/engines.js'
import {
  countInvocations,
  doesTheSame,
  eachLooksTheSame,
  eachShowsTheSame,
  type Words,
} from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

const NAME = `dockline-cli-volume-${process.pid}`
const FILTER = ['-f', `name=${NAME}`]

countInvocations()

onEveryEngine((engine) => {
  describe('volume', { skip: withoutDocker }, () => {
    before(async () => {
      const { volumes } = engine.client
      // One label: docker lists several in any order.
      await volumes.create(`${NAME}-10`, { labels: { a: '1' } })
      await volumes.create(`${NAME}-9`, { driverOpt: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' } })
    })
    after(async () => {
      const volumes = await engine.client.volumes.list({ filters: { name: [NAME] } })
      for (const volume of volumes) await volume.remove({ force: true }).catch(() => {})
    })

    const looks: readonly Words[] = [
      ['volume', 'ls', ...FILTER],
      ['volume', 'list', '-q', ...FILTER],
      ['volume', 'ls', ...FILTER, '-f', 'label=a=1'],
      ['volume', 'ls', ...FILTER, '-f', 'dangling=false'],
      ['volume', 'ls', '--cluster', ...FILTER],
      ['volume', 'ls', '--format', 'json', ...FILTER],
      ['volume', 'ls', '--format', '{{.Name}}|{{.Driver}}|{{.Scope}}|{{.Mountpoint}}|{{.Labels}}', ...FILTER],
      ['volume', 'ls', '--format', '{{.Size}} {{.Links}} {{.Status}} {{.Group}}', ...FILTER],
      ['volume', 'ls', '--format', 'table {{.Name}}\t{{.Label "a"}}', ...FILTER],
      ['volume', 'inspect', `${NAME}-9`],
      ['volume', 'inspect', '-f', '{{.Name}} {{json .Labels}}', `${NAME}-10`, `${NAME}-9`],
      ['volume', 'inspect', '--format', 'json', `${NAME}-9`],
      ['volume', 'inspect', 'dockline-no-such', `${NAME}-9`],
      ['volume', 'inspect', 'dockline-no-such'],
      ['volume', 'rm', 'dockline-no-such'],
      ['volume', 'rm', '-f', 'dockline-no-such'],
      ['volume', 'prune'],
      ['volume', 'prune', '-a', '--filter', 'label=dockline-no-such'],
      ['volume', 'prune', '-f', '--filter', 'label=dockline-no-such'],
      ['volume', 'prune', '-af', '--filter', 'label=dockline-no-such'],
      ['volume', 'prune', '-a', '--filter', 'all=1'],
      ['volume', 'create', '--name', 'a', 'b'],
      ['volume', 'create', '-d', 'dockline-no-such', NAME],
      ['volume', 'create', '-o', 'nonsense=1', NAME],
    ]
    eachShowsTheSame(
      engine,
      looks.map((words) => [words]),
    )

    const refusals: readonly Words[] = [
      ['volume', 'create', 'a', 'b'],
      ['volume', 'rm'],
      ['volume', 'ls', 'a'],
      ['volume', 'ls', '--no-such-flag'],
      ['volume', 'inspect'],
      ['volume', 'dockline-no-such'],
    ]
    eachLooksTheSame(
      engine,
      'refuses',
      refusals.map((words) => [words]),
      { clientOnly: true },
    )

    it('creates, shows and removes', async () => {
      const subjects = { docker: `${NAME}-one`, dockline: `${NAME}-two` }
      const labels = ['--label', LABEL, '--label', 'a=1', '-o', 'type=tmpfs', '--opt', 'device=tmpfs']
      await doesTheSame(engine, subjects, (name) => ['volume', 'create', ...labels, name])
      const shown = '{{.Driver}} {{json .Options}} {{json .Labels}}'
      await doesTheSame(engine, subjects, (name) => ['volume', 'inspect', '-f', shown, name])
      await doesTheSame(engine, subjects, (name) => ['volume', 'create', name])
      await doesTheSame(engine, subjects, (name) => ['volume', 'rm', name, 'dockline-no-such'])
    })
    it('prunes', async () => {
      const subjects = { docker: `${NAME}-pruned-one`, dockline: `${NAME}-pruned-two` }
      await doesTheSame(engine, subjects, (name) => ['volume', 'create', '--label', name, name])
      const prune = (name: string) => ['volume', 'prune', '-a', '--filter', `label=${name}`]
      await doesTheSame(engine, subjects, prune, { input: 'no\n' })
      await doesTheSame(engine, subjects, prune, { input: 'y\n' })
    })
  })
})
