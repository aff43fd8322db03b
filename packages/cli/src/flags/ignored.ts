import { bool } from './flag.js'

/** Signatures of this kind are gone; scripts that switch them off must still run. */
export const contentTrustFlag = bool('Accepted for the sake of scripts', undefined, {
  hidden: true,
  initial: true,
})
