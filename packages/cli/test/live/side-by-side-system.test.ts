import { describe, it } from 'node:test'
import { aContainer, aRunningContainer, onNewestEngine } from '../support/engines.js'
import { countInvocations, looksTheSame, type Words } from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

const NEVER = ['--filter', 'label=dockline-no-such']

countInvocations()

onNewestEngine((engine) => {
  describe('system', { skip: withoutDocker }, () => {
    const looks: readonly Words[] = [
      ['system', 'df'],
      ['system', 'df', '--format', 'json'],
      ['system', 'df', '--format', '{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}'],
      ['system', 'df', '--format', 'table {{.Type}}\t{{.Size}}'],
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
    for (const words of looks) it(words.join(' '), () => looksTheSame(engine, words))

    const refusals: readonly Words[] = [
      ['system', 'df', 'a'],
      ['system', 'prune', 'a'],
      ['system', 'dockline-no-such'],
      ['info', 'a'],
      ['info', '--no-such-flag'],
      ['info', '-f', '{{'],
    ]
    for (const words of refusals)
      it(`refuses ${words.join(' ')}`, () => looksTheSame(engine, words, { stderr: 'own' }))

    it('df -v tells of each thing', async (test) => {
      await aRunningContainer(test, engine, ['sleep', '600'], { volumes: ['/data'] })
      await aContainer(test, engine, ['true'])
      // Images of the same second are in no order.
      await looksTheSame(engine, ['system', 'df', '-v'], {
        moving: [/(?<=IMAGE ID .*\n)[\s\S]*?(?=\nContainers)/, /REPOSITORY.*/],
      })
      const busybox =
        '{{range .Images}}{{if eq .Tag "latest"}}{{.Repository}} {{.ID}} {{.Size}} {{.SharedSize}} {{.UniqueSize}} {{.Containers}}{{end}}{{end}}'
      await looksTheSame(engine, ['system', 'df', '-v', '--format', busybox])
    })
    it('info tells what docker tells, but for the client', async () => {
      await looksTheSame(engine, ['info'], {
        // What the client is, and numbers that change with every other test.
        moving: [/^Client[\s\S]*?\n\n/, /(Containers|Running|Paused|Stopped|Images): \d+/g],
      })
    })
    it('tells of the client also when there is no Engine', async () => {
      const nowhere = { host: 'unix:///dockline-no-such.sock', client: engine.client }
      await looksTheSame(nowhere, ['info'], { stderr: 'own', moving: [/ Version: .*/] })
    })
  })
})
