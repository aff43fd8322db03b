import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { docker, dockline, type Ended } from '../support/dockline.js'
import { aContainer, aRunningContainer, LABEL, onNewestEngine } from '../support/engines.js'
import { NOWHERE } from '../support/nowhere.js'
import { withoutDocker } from '../support/tools.js'

const ENV = { DOCKER_CONFIG: NOWHERE }
/** How often a time may turn from one second to the next between two commands. */
const TRIES = 12

onNewestEngine((engine) => {
  const { host } = engine

  describe('the lists look like those of docker', { skip: withoutDocker }, () => {
    it('of containers, in every layout and format', async (test) => {
      const label = `${LABEL}=${process.pid}-${host.length}`
      const [name = LABEL, value = ''] = label.split('=')
      const labels = { [name]: value, other: '<&>' }
      await aContainer(test, engine, ['sh', '-c', 'echo "a quite long command"; exit 3'], { labels })
      const ended = await aContainer(test, engine, ['sh', '-c', 'exit 3'], { labels, volumes: ['/data'] })
      await ended.start()
      await ended.wait()
      const ports = ['18090-18092:18090-18092', '127.0.0.1::70', '80']
      await aRunningContainer(test, engine, ['sleep', '600'], { labels, ports, config: {} })
      const filter = ['--filter', `label=${label}`]
      for (const flags of [
        [],
        ['-a'],
        ['-a', '--no-trunc'],
        ['-as'],
        ['-aq'],
        ['-aq', '--no-trunc'],
        ['-l'],
        ['-n', '2'],
        ['-a', '-f', 'status=exited'],
        ['-a', '--format', 'json'],
        ['-a', '--format', '{{json .}}', '--no-trunc'],
        ['-a', '--format', '{{.Names}} {{.Status}} {{.Label "other"}}'],
        ['-a', '--format', 'table {{.ID}}\t{{.Names}}\t{{.State}}\t{{.LocalVolumes}}\t{{.Networks}}'],
        ['-a', '--format', 'table {{.Names}}\\t{{.Size}}\\t{{.Ports}}'],
      ]) {
        await sameAsDocker(host, ['ps', ...filter, ...flags])
      }
    })
    it('of images, in every layout and format', async () => {
      for (const flags of [
        [],
        ['-a'],
        ['-q'],
        ['--no-trunc'],
        ['--digests'],
        ['busybox'],
        ['busybox:latest', '-q', '--no-trunc'],
        ['dockline/nothing'],
        ['--filter', 'dangling=true'],
        ['--format', 'json'],
        ['--format', '{{.Repository}}:{{.Tag}} {{.Size}} {{json .ID}}'],
        ['--format', 'table {{.ID}}\t{{.Repository}}\t{{.CreatedAt}}\t{{.CreatedSince}}'],
      ]) {
        await sameAsDocker(host, ['images', ...flags], inAnyOrder)
      }
    })
    it('of versions, in what they say of the Engine', async () => {
      for (const format of ['{{json .Server}}', '{{.Server.Version}} {{.Server.Os}}/{{.Server.Arch}}']) {
        const [theirs, ours] = await Promise.all(
          [docker, dockline].map((run) => run(host, ['version', '-f', format], { env: ENV })),
        )
        assert.deepEqual(comparable(ours), comparable(theirs))
      }
      const [theirs, ours] = await Promise.all(
        [docker, dockline].map((run) => run(host, ['version'], { env: ENV })),
      )
      const server = ({ stdout = '' }: Partial<Ended> = {}) =>
        stdout.slice(stdout.indexOf('Server:')).replace(/ +$/gm, '')
      assert.equal(server(ours), server(theirs))
    })
  })

  describe('a list', () => {
    it('refuses a filter the Engine does not know, in its words', async () => {
      const { exitCode, stderr } = await dockline(host, ['ps', '-f', 'nope=1'])
      assert.equal(exitCode, 1)
      assert.match(stderr, /^Error response from daemon: [Ii]nvalid filter 'nope'\n$/)
    })
    it('refuses a field it does not have', async () => {
      const { exitCode, stdout, stderr } = await dockline(host, ['images', '--format', '{{.Nope}}'])
      assert.deepEqual([exitCode, stdout], [1, ''])
      assert.match(
        stderr,
        /^failed to execute template: there is no field \.Nope; the fields are Repository, /,
      )
    })
  })

  it('version tells about both sides, and in JSON too', async () => {
    const { exitCode, stdout } = await dockline(host, ['version'])
    assert.equal(exitCode, 0)
    assert.match(
      stdout,
      /^Client: Dockline\n Version: {11}\S+\n API version: {7}1\.\d+ \(downgraded from [\d.]+\)\n/,
    )
    assert.match(
      stdout,
      /\nServer:\n Engine:\n {2}Version: {10}\S+\n {2}API version: {6}1\.\d+ \(minimum version 1\.\d+\)\n/,
    )
    const { Client, Server } = JSON.parse((await dockline(host, ['version', '--format', 'json'])).stdout)
    assert.deepEqual([Client.Context, Server.Components[0].Name], ['default', 'Engine'])
  })
})

/**
 * docker before and after: when it says the same twice, Dockline in between has to say it too. Otherwise a
 * second went by and it is asked again.
 */
async function sameAsDocker(
  host: string,
  args: readonly string[],
  arrange = (ended: Ended) => ended,
): Promise<void> {
  const told = async (run: typeof docker) => comparable(arrange(await run(host, args, { env: ENV })))
  for (let attempt = 1; ; attempt++) {
    const before = await told(docker)
    const ours = await told(dockline)
    if (JSON.stringify(before) === JSON.stringify(ours)) return
    // Other tests make images and containers, which come and go between two commands.
    if (attempt === TRIES) assert.deepEqual(ours, before, args.join(' '))
  }
}

/** An Engine lists images that were made in the same second in another order each time. */
function inAnyOrder(ended: Ended): Ended {
  return { ...ended, stdout: ended.stdout.split('\n').sort().join('\n') }
}

/**
 * Seconds go by between two commands, what is behind the last word of a line cannot be seen, and docker lists
 * labels as its map happens to have them.
 */
function comparable({ exitCode = null, stdout = '', stderr = '' }: Partial<Ended> = {}): object {
  const text = stdout
    .replace(/ +$/gm, '')
    .replace(/\d(?=\d* seconds)/g, '#')
    .replace(/"Labels":"([^"]*)"/g, (_, labels: string) => {
      return `"Labels":"${labels.split(',').sort().join(',')}"`
    })
  return { exitCode, stdout: text, stderr }
}
