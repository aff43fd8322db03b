import type { ContainerCreateOptions } from 'dockline'
import type { DeviceRequest } from 'dockline/api'
import { parseDevice, parseGpus } from 'dockline/syntax'
import { UsageError } from '../../errors.js'
import { list, type Values } from '../flag.js'
import { readableBy } from '../words.js'

/** A device that a driver knows by name, as in `vendor.com/gpu=0`. */
const CDI = /^[\w.-]+\/[\w.-]+=.+/

export const deviceFlags = {
  device: list('Add a host device to the container', {
    check: (given) => CDI.test(given) || checkDevice(given),
  }),
  gpus: list("GPU devices to add to the container ('all' to pass all GPUs)", {
    type: 'gpu-request',
    check: readableBy(parseGpus),
  }),
}

export function deviceOptions({ device, gpus }: Values<typeof deviceFlags>): ContainerCreateOptions {
  const named = device.filter((one) => CDI.test(one))
  const requests = [...gpus.map(gpuRequest), ...(named.length > 0 ? [cdiRequest(named)] : [])]
  return {
    devices: device.length > named.length ? device.filter((one) => !CDI.test(one)) : undefined,
    ...(requests.length > 0 ? { hostConfig: { DeviceRequests: requests } } : {}),
  }
}

/** docker sends the options empty, and an Engine keeps them so. */
function gpuRequest(given: string): DeviceRequest {
  return { Options: {}, ...parseGpus(given) }
}

function cdiRequest(names: string[]): DeviceRequest {
  return { Driver: 'cdi', DeviceIDs: names }
}

function checkDevice(given: string): void {
  readableBy(parseDevice)(given)
  const { PathInContainer: path = '' } = parseDevice(given)
  if (!path.startsWith('/')) throw new UsageError(`${path} is not an absolute path`)
}
