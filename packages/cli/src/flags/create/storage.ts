import { resolve } from 'node:path'
import type { ContainerCreateOptions } from 'dockline'
import { parseDevice, parseVolumes } from 'dockline/syntax'
import { UsageError } from '../../errors.js'
import { list, text, type Values } from '../flag.js'
import { readableBy } from '../words.js'
import { checkMount, type Mount, readMount } from './mount.js'
import { to } from './option.js'

/** A device that a driver knows by name, as in `vendor.com/gpu=0`. */
const CDI = /^[\w.-]+\/[\w.-]+=.+/

export const storageFlags = {
  device: list('Add a host device to the container', {
    check: (given) => CDI.test(given) || checkDevice(given),
  }),
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

export function storageOptions({
  device,
  mount,
  volume,
}: Values<typeof storageFlags>): ContainerCreateOptions {
  const named = device.filter((one) => CDI.test(one))
  const mounts = mount.map((given) => withAbsoluteSource(readMount(given)))
  return {
    devices: device.length > named.length ? device.filter((one) => !CDI.test(one)) : undefined,
    deviceRequests: named.length > 0 ? [{ driver: 'cdi', deviceIds: named }] : undefined,
    mounts: mounts.length > 0 ? mounts : undefined,
    // As in docker, what is written twice in the same words is one volume.
    volumes: volume.length > 0 ? [...new Set(volume)].map(absoluteBind) : undefined,
  }
}

function checkDevice(given: string): void {
  readableBy(parseDevice)(given)
  const { PathInContainer: path = '' } = parseDevice(given)
  if (!path.startsWith('/')) throw new UsageError(`${path} is not an absolute path`)
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
