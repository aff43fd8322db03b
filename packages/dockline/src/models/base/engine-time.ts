import type { ApiClient } from '../../api/index.js'

/** The second that it is by the Engine's clock, in Unix seconds: another clock may say another time. `HEAD /_ping` */
export async function engineTime(api: ApiClient, signal: AbortSignal | undefined): Promise<number> {
  const { date = '' } = await api.system.pingHead({ signal })
  return Math.floor((Date.parse(date) || Date.now()) / 1000)
}

/** An answer has the Engine's time in whole seconds, and takes a moment to come. */
const TOLERANCE_S = 2

/** Tells whether the Engine's clock has reached `until`. Without `until` it never has. */
export function hasCome(until: string | number | undefined, engineTime: number): boolean {
  return until !== undefined && engineTime >= Number(until) - TOLERANCE_S
}
