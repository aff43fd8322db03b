import type { ContainerCreateOptions } from 'dockline'
import type { HostConfig } from 'dockline/api'
import { parseBytes, stringMap } from 'dockline/syntax'
import { EXIT, ExitError } from '../../errors.js'
import { readText } from '../environment.js'
import { list, onWindows, sinceApi, uint, type Values } from '../flag.js'
import { bytes } from '../lists.js'

/** Flags whose values go past the library's options, or have to be looked up first. */
export const securityFlags = {
  annotation: sinceApi(
    '1.43',
    list('Add an annotation to the container (passed through to the OCI runtime)', { type: 'map' }),
  ),
  'io-maxbandwidth': onWindows(bytes('Maximum IO bandwidth limit for the system drive (Windows only)')),
  'io-maxiops': onWindows({
    ...uint('Maximum IOps limit for the system drive (Windows only)', 64),
    type: 'uint',
  }),
  'security-opt': list('Security Options'),
}

export async function securityOptions(flags: Values<typeof securityFlags>): Promise<ContainerCreateOptions> {
  const { annotation, 'io-maxbandwidth': bandwidth, 'io-maxiops': iops, 'security-opt': given } = flags
  for (const option of given) checkOption(option)
  const plain = given.filter((option) => option !== UNCONFINED_PATHS)
  const hostConfig: HostConfig = {
    ...(annotation.length > 0 ? { Annotations: stringMap(annotation, '--annotation') } : {}),
    ...(bandwidth === undefined ? {} : { IOMaximumBandwidth: parseBytes(bandwidth) }),
    ...(iops === undefined ? {} : { IOMaximumIOps: iops }),
    ...(plain.length < given.length ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
  }
  const securityOpt = given.length > 0 ? await Promise.all(plain.map(withProfile)) : undefined
  return { hostConfig, securityOpt }
}

const UNCONFINED_PATHS = 'systempaths=unconfined'

function checkOption(option: string): void {
  if (/^no-new-privileges(?:[=:]|$)/.test(option) || /^[^=:]*[=:]./s.test(option)) return
  throw new ExitError(`Invalid --security-opt: ${JSON.stringify(option)}`, EXIT.usage)
}

/** A seccomp profile is a file here; the Engine is sent what it says. */
async function withProfile(option: string): Promise<string> {
  const profile = /^seccomp[=:](.+)$/.exec(option)?.[1]
  if (profile === undefined || profile === 'unconfined' || profile === 'builtin') return option
  const json = await readText(profile).catch((cause) => {
    const reason = `opening seccomp profile (${profile}) failed: ${cause.message}`
    throw new ExitError(reason, EXIT.usage, cause)
  })
  try {
    return `seccomp=${JSON.stringify(JSON.parse(json))}`
  } catch (cause) {
    throw new ExitError(`compacting json for seccomp profile (${profile}) failed`, EXIT.usage, cause)
  }
}
