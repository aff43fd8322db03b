import type { ApiClient } from '../../api/index.js'

/** The second that it is by the Engine's clock, in Unix seconds: another clock may say another time. `HEAD /_ping` */
export async function engineTime(api: ApiClient, signal: AbortSignal | undefined): Promise<number> {
  const { date = '' } = await api.system.pingHead({ signal })
  return Math.floor((Date.parse(date) || Date.now()) / 1000)
}

/** How exactly an answer tells the Engine's time, in seconds. */
const TOLERANCE_S = 2

/** Whether the end of a question has come, by the Engine's time. Without an end, it never comes. */
export function hasCome(until: string | number | undefined, engineTime: number): boolean {
  return until !== undefined && engineTime >= Number(until) - TOLERANCE_S
}
