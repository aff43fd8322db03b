import { bool } from './flag.js'

/** Signatures of this kind are gone; scripts that switch them off must still run. */
export const contentTrustFlag = bool('Accepted for the sake of scripts', undefined, {
  hidden: true,
  initial: !asksForTrust(process.env.DOCKER_CONTENT_TRUST),
})

/** Better no image than one that was to be verified and was not. */
export function refuseContentTrust(flags: { readonly 'disable-content-trust': boolean }): void {
  if (flags['disable-content-trust']) return
  throw new Error(
    'content trust is not supported: unset DOCKER_CONTENT_TRUST, or give --disable-content-trust, to go without it',
  )
}

/** Reads a boolean as docker does: each text that does not mean false means true. */
function asksForTrust(value = ''): boolean {
  return value !== '' && !/^(0|f|false)$/i.test(value)
}
