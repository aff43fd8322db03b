import type { ApiClient } from '../../api/index.js'

/** The second that it is by the Engine's clock, in Unix seconds: another clock may say another time. `HEAD /_ping` */
export async function engineTime(api: ApiClient, signal: AbortSignal | undefined): Promise<number> {
  const { date = '' } = await api.system.pingHead({ signal })
  return Math.floor((Date.parse(date) || Date.now()) / 1000)
}
