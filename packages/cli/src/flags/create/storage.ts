import { resolve } from 'node:path'
import type { ContainerCreateOptions } from 'dockline'
import { parseVolumes } from 'dockline/syntax'
import { list, text, type Values } from '../flag.js'
import { readableBy } from '../words.js'
import { checkMount, type Mount, readMount } from './mount.js'
import { to } from './option.js'

export const storageFlags = {
  mount: list('Attach a filesystem mount to the container', {
    type: 'mount',
    check: checkMount,
  }),
  tmpfs: to('tmpfs', list('Mount a tmpfs directory')),
  volume: list('Bind mount a volume', {
    short: 'v',
    check: readableBy((given, option) => parseVolumes([given], option)),
  }),
  'volume-driver': to('volumeDriver', text('Optional volume driver for the container')),
  'volumes-from': to('volumesFrom', list('Mount volumes from the specified container(s)')),
}

export function storageOptions({ mount, volume }: Values<typeof storageFlags>): ContainerCreateOptions {
  const mounts = mount.map((given) => withAbsoluteSource(readMount(given)))
  // As in docker, what is written twice in the same words is one volume.
  const { Volumes, Binds } = parseVolumes([...new Set(volume)].map(absoluteBind))
  return {
    mounts: mounts.length > 0 ? mounts : undefined,
    // An Engine keeps an empty list as it comes, and docker sends none.
    ...(volume.length > 0 ? { config: { Volumes } } : {}),
    ...(Binds.length > 0 ? { hostConfig: { Binds } } : {}),
  }
}

/** The Engine may be anywhere; `./src` is a folder of this machine, from where one stands. */
function absoluteBind(volume: string): string {
  const cut = volume.indexOf(':')
  return volume.startsWith('.') && cut > 0 ? `${resolve(volume.slice(0, cut))}${volume.slice(cut)}` : volume
}

function withAbsoluteSource(mount: Mount): Mount {
  const { Type, Source } = mount
  return Type === 'bind' && Source?.startsWith('.') ? { ...mount, Source: resolve(Source) } : mount
}
