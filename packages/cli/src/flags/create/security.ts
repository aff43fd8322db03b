import { type ContainerCreateOptions, type HostConfig, stringMap } from 'dockline'
import { EXIT, ExitError } from '../../errors.js'
import { readText } from '../environment.js'
import { int, list, text, type Values } from '../flag.js'

/** Flags whose values go past the library's options, or have to be looked up first. */
export const securityFlags = {
  annotation: list('Add an annotation to the container (passed through to the OCI runtime)', { type: 'map' }),
  'io-maxbandwidth': text('Maximum IO bandwidth limit for the system drive (Windows only)', {
    type: 'bytes',
  }),
  'io-maxiops': int('Maximum IOps limit for the system drive (Windows only)', { type: 'uint' }),
  'security-opt': list('Security Options'),
}

export async function securityOptions(flags: Values<typeof securityFlags>): Promise<ContainerCreateOptions> {
  const { annotation, 'io-maxbandwidth': bandwidth, 'io-maxiops': iops, 'security-opt': given } = flags
  const options = given.map((option) => option.replace(/^(label|seccomp|apparmor):/, '$1='))
  const plain = options.filter((option) => option !== UNCONFINED_PATHS)
  const hostConfig: HostConfig = {
    ...(annotation.length > 0 ? { Annotations: stringMap(annotation, '--annotation') } : {}),
    ...(bandwidth === undefined ? {} : { IOMaximumBandwidth: Number(bandwidth) }),
    ...(iops === undefined ? {} : { IOMaximumIOps: iops }),
    ...(plain.length < options.length ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
  }
  const securityOpt = plain.length > 0 ? await Promise.all(plain.map(withProfile)) : undefined
  return { hostConfig, securityOpt }
}

const UNCONFINED_PATHS = 'systempaths=unconfined'

/** A seccomp profile is a file here; the Engine is sent what it says. */
async function withProfile(option: string): Promise<string> {
  const profile = /^seccomp=(.+)$/.exec(option)?.[1]
  if (profile === undefined || profile === 'unconfined' || profile === 'builtin') return option
  const json = await readText(profile)
  try {
    return `seccomp=${JSON.stringify(JSON.parse(json))}`
  } catch (cause) {
    throw new ExitError(`compacting json for seccomp profile ${profile} failed`, EXIT.usage, cause)
  }
}
