import type { AsyncDial } from './dial.js'
import type { SshHost } from './ssh.js'
import type { SshAddress, SshSettings } from './ssh-address.js'

/** The way to an Engine by ssh, and what ends everything that was started for it. */
export interface SshDial {
  readonly dial: AsyncDial
  readonly close: () => void
}

/** What it takes is loaded at the first dial: few connect like that. */
export function dialSsh(where: string, address: SshAddress, settings: SshSettings = {}): SshDial {
  let host: Promise<SshHost> | undefined
  const hostOf = async () => {
    const { SshHost } = await import('./ssh.js')
    return new SshHost(where, address, settings)
  }
  return {
    dial: async (signal) => {
      signal?.throwIfAborted()
      host ??= hostOf()
      const opening = host
      const opened = await opening.catch((error) => {
        // The next call tries again.
        if (host === opening) host = undefined
        throw error
      })
      signal?.throwIfAborted()
      return opened.dial(signal)
    },
    close: () => {
      host?.then(
        (opened) => opened.close(),
        () => {},
      )
      host = undefined
    },
  }
}
