// What lists and templates print, next to docker's.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { dockline } from '../support/dockline.js'
import {
  aContainer,
  aRunningContainer,
  IMAGE,
  isNewest,
  onEveryEngine,
  type TestEngine,
} from '../support/engines.js'
import { aFolder } from '../support/scripted-engine.js'
import {
  countInvocations,
  looksTheSame,
  type SideBySideOptions,
  type Words,
} from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

/** Of each object, one that is there on every Engine, or for as long as a test runs. */
type List = readonly [command: Words, filter: Words, field: string]

const NETWORKS: List = [['network', 'ls'], ['-f', 'name=host'], 'Name']
const IMAGES: List = [['images'], [IMAGE], 'Repository']
const CONTEXTS: List = [['context', 'ls'], [], 'Name']

countInvocations()

onEveryEngine((engine) => {
  /** For what is no matter of the Engine's. */
  const once = isNewest(engine) ? it : () => {}

  describe('formats', { skip: withoutDocker, concurrency: 4 }, () => {
    const lists: [name: string, make: (test: TestContext) => Promise<List>][] = [
      ['ps', (test) => containerList(test, engine)],
      ['images', async () => IMAGES],
      ['network ls', async () => NETWORKS],
      ['volume ls', (test) => volumeList(test, engine)],
      ['history', async () => [['history'], [IMAGE], 'ID']],
    ]
    if (isNewest(engine)) lists.push(['context ls', async () => CONTEXTS])
    for (const [name, make] of lists) {
      it(`${name} --quiet prints ids or what --format says, as docker does`, async (test) => {
        const [command, filter, field] = await make(test)
        const formats = [`{{.${field}}}!`, ...(isNewest(engine) ? ['table', 'json', 'raw'] : [])]
        for (const format of formats) {
          await looksTheSame(engine, [...command, '-q', '--format', format, ...filter])
        }
      })
      it(`${name} has the same tables and blocks`, async (test) => {
        const [command, filter, field] = await make(test)
        // How a format is read is no matter of the Engine's.
        const more = [
          ...[`table{{.${field}}}`, `table  {{.${field}}} `, 'table '],
          ...[' raw', `  {{.${field}}} | `, `{{.${field}}}\n`, `{{.${field}}}\\n`],
        ]
        const formats = ['raw', 'json', ...(isNewest(engine) ? more : [])]
        for (const format of formats) await looksTheSame(engine, [...command, '--format', format, ...filter])
      })
    }

    it('ps and images have blocks and tables with what more was asked for', async (test) => {
      const [, filter] = await containerList(test, engine)
      const rows: readonly Words[] = [
        ['ps', ...filter, '--size', '--format', 'raw'],
        ['ps', ...filter, '--no-trunc', '--format', 'raw'],
        ['images', IMAGE, '--digests', '--format', 'raw'],
        ['images', IMAGE, '--digests', '--format', 'table {{.ID}}'],
        ['images', IMAGE, '--digests', '--format', 'table {{.ID}}\t{{.Digest}}'],
      ]
      for (const words of rows) await looksTheSame(engine, words)
    })

    once('of config.json are for people: --quiet prints ids', async (test: TestContext) => {
      const formats = { psFormat: 'table {{.Names}}', imagesFormat: 'json', statsFormat: '{{.Name}}' }
      const options = await configured(test, {
        ...{ ...formats, networksFormat: '<{{.Name}}>', volumesFormat: 'table{{.Name}}' },
      })
      const [, filter] = await containerList(test, engine)
      const [, volume] = await volumeList(test, engine)
      for (const quiet of [[], ['-q'], ['-q', '--format', '']]) {
        await looksTheSame(engine, ['ps', ...filter, ...quiet], options)
        await looksTheSame(engine, ['images', IMAGE, ...quiet], options)
        await looksTheSame(engine, ['network', 'ls', '-f', 'name=host', ...quiet], options)
        await looksTheSame(engine, ['volume', 'ls', ...volume, ...quiet], options)
      }
      const { name = '' } = await aRunningContainer(test, engine)
      await looksTheSame(engine, ['stats', '--no-stream', '--format', '', name], options)
    })
    once("of config.json may be 'raw', also for ids", async (test: TestContext) => {
      const options = await configured(test, { psFormat: 'raw', imagesFormat: 'raw' })
      const [, filter] = await containerList(test, engine)
      for (const quiet of [[], ['-q']]) {
        await looksTheSame(engine, ['ps', ...filter, ...quiet], options)
        await looksTheSame(engine, ['images', IMAGE, ...quiet], options)
      }
    })

    it('of what a container runs on tell nothing where the Engine does not', async (test) => {
      const [, filter] = await containerList(test, engine)
      const format = '{{.Platform}} {{json .Platform}} {{if .Platform}}y{{else}}n{{end}}'
      await looksTheSame(engine, ['ps', ...filter, '--format', format])
    })
  })

  describe('a key that a map does not have', { skip: withoutDocker, concurrency: 4 }, () => {
    const others: readonly [words: Words, formats: readonly string[]][] = [
      [
        ['image', 'inspect', IMAGE],
        ['{{.Config.Labels.no}} {{.GraphDriver.Data.no}} {{.Config.Volumes.no}}'],
      ],
      [
        ['network', 'inspect', 'host'],
        ['{{.Labels.no}} {{.Options.no}} {{.Containers.no.Name}} {{.IPAM.Options.no}}', '{{json .}}'],
      ],
      [['context', 'inspect'], ['{{.Endpoints.no}} {{.Endpoints.no.Host}} {{.TLSMaterial.no}}']],
      [['info'], ['{{.Runtimes.no}} {{.Runtimes.no.Path}} {{.RegistryConfig.IndexConfigs.no.Name}}']],
      [['version'], ['{{range .Server.Components}}{{.Details.no}} {{end}}']],
    ]
    for (const [words, formats] of others) {
      it(`is <no value> in ${words.slice(0, 2).join(' ')}`, async () => {
        for (const format of formats) await looksTheSame(engine, [...words, '-f', format])
      })
    }
    it('is <no value> in events, and a field that is none is refused', async (test) => {
      const container = await aRunningContainer(test, engine)
      const until = String(Math.floor(Date.now() / 1000) + 1)
      const window = ['events', '--since', '1m', '--until', until, '-f', `container=${container.id}`]
      for (const format of ['{{.Actor.Attributes.no}}', '{{.Actor.Attributes.no.more}}']) {
        await looksTheSame(engine, [...window, '--format', format])
      }
      await looksTheSame(engine, [...window, '--format', '{{.Actor.no}}'], { stderr: 'own' })
    })
  })

  it('durations of a health check are those of Go', { skip: withoutDocker }, async (test) => {
    const { name = '' } = await aContainer(test, engine, ['true'], {
      healthcheck: { test: ['CMD', 'true'], interval: '1h', startPeriod: '1500ms' },
    })
    const format = '{{.Config.Healthcheck.Interval}} {{.Config.Healthcheck}} {{json .Config.Healthcheck}}'
    await looksTheSame(engine, ['inspect', '-f', format, name])
  })

  once(
    'a folder is no archive: load and import tell so',
    { skip: withoutDocker },
    async (test: TestContext) => {
      const folder = await aFolder(test)
      for (const words of [
        ['load', '-i', folder],
        ['import', folder],
      ]) {
        await looksTheSame(engine, words, { stderr: 'own' })
        const { stderr } = await dockline(engine.host, words)
        assert.equal(stderr, `read ${folder}: is a directory\n`)
      }
    },
  )
})

async function containerList(test: TestContext, engine: TestEngine): Promise<List> {
  const { id } = await aContainer(test, engine, ['sleep', '600'], { ports: ['80'] })
  return [['ps'], ['-a', '-f', `id=${id}`], 'Names']
}

async function volumeList(test: TestContext, { client }: TestEngine): Promise<List> {
  const volume = await client.volumes.create()
  test.after(() => volume.remove())
  return [['volume', 'ls'], ['-f', `name=${volume.name}`], 'Name']
}

/** The settings in a config.json. */
async function configured(test: TestContext, settings: object): Promise<SideBySideOptions> {
  const folder = await aFolder(test)
  await writeFile(join(folder, 'config.json'), JSON.stringify(settings))
  return { env: { DOCKER_CONFIG: folder } }
}
