// docker 28.5 speaks API 1.51 to an Engine that dockline speaks 1.56 to, and both print the same of it.
import { it } from 'node:test'
import { aNewerEngine } from '../../../dockline/dist-test/support/newer-engine.js'
import { aRunningContainer, IMAGE, onNewestEngine } from '../support/engines.js'
import {
  countInvocations,
  looksTheSame,
  type SideBySideOptions,
  type Words,
} from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

const NEVER = ['--filter', 'label=dockline-no-such']
const ADDRESSES = '{{range $name, $end := .NetworkSettings.Networks}}{{$name}} {{$end.IPAddress}} {{end}}'
const STATE =
  '{{.State.Status}} {{.State.Health.Status}} {{.Config.Image}} {{.Config.OnBuild}} {{json .Mounts}}'
const OF_OLD = '<{{.Comment}}> <{{.Author}}> <{{.Parent}}> <{{.Config.User}}> {{json .Config.Cmd}}'
const EVENT = '{{.Status}} {{.ID}} {{.From}} {{.Type}} {{.Action}}'
/** Other tests start and end containers meanwhile. */
const COUNTS = /(Containers|Running|Paused|Stopped|Images): \d+/g

countInvocations()

onNewestEngine((engine) => {
  it('an Engine of API 1.56 looks as docker shows it', { skip: withoutDocker }, async (test) => {
    const { host } = await aNewerEngine(test, engine.host, '1.56')
    const { id } = await aRunningContainer(test, engine, ['sleep', '600'], {
      network: 'bridge',
      healthcheck: { test: ['CMD', 'true'] },
      volumes: ['/data'],
    })
    const same = (words: Words, options: SideBySideOptions = {}) =>
      test.test(words.join(' '), () => looksTheSame({ ...engine, host }, words, options))

    await same(['ps', '-as', '--no-trunc', '--filter', `id=${id}`])
    await same(['ps', '--format', 'json', '--filter', `id=${id}`])
    await same(['inspect', '-f', `${STATE} ${ADDRESSES}`, id])
    await same(['inspect', '-f', OF_OLD, IMAGE])
    await same(['images', '--digests', IMAGE])
    await same(['history', IMAGE])
    await same(['network', 'inspect', '-f', '{{.Name}} {{json .IPAM.Config}}', 'bridge'])
    await same(['info'], { moving: [/^Client[\s\S]*?\n\n/, COUNTS] })
    await same(['top', id])
    await same(['stats', '--no-stream', '--format', '{{.ID}} {{.PIDs}}', id])
    await same([
      'events',
      '--since',
      '1m',
      '--until',
      '0s',
      '--filter',
      `container=${id}`,
      '--filter',
      'event=start',
    ])
    await same([
      'events',
      '--since',
      '1m',
      '--until',
      '0s',
      '--filter',
      'event=create',
      '--filter',
      `container=${id}`,
      '--format',
      EVENT,
    ])
    await same(['exec', id, 'sh', '-c', 'echo out; echo err >&2; exit 7'])
    await same(['run', '--rm', '--network', 'host', IMAGE, 'echo', 'hi'])
    await same(['pull', 'localhost:1/dockline-no-such'])
    for (const kind of ['container', 'image', 'network', 'volume'])
      await same([kind, 'prune', '-f', ...NEVER])
    await same(['system', 'prune', '-f', ...NEVER])
  })
})
