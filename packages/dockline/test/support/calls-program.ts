import { DockerClient } from 'dockline'

/** Calls an Engine, for a look from outside at what was loaded for it. */
const [, , what = '', host = '', apiVersion = ''] = process.argv

await using client = new DockerClient({ host, apiVersion, env: {} })
const { system, containers, exec } = client.api

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  async common() {
    await system.ping()
    await containers.list({ all: true })
    await containers.inspect('x')
    await exec.create('x', { Cmd: ['ls'], Env: ['a=b'], WorkingDir: '/', Tty: true })
    await exec.startDetached('x', { Tty: true })
    await exec.inspect('x')
    await containers.create({ name: 'a' }, { Image: 'a', HostConfig: { AutoRemove: true } })
    await containers.stop('x', { t: 1 })
  },
  gated: () => containers.create({}, { Image: 'a', HostConfig: { Annotations: {} } }).catch(() => {}),
}

await programs[what]?.()
