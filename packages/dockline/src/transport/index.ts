export type { Dial, Endpoint } from './dial.js'
export { DEFAULT_HOST, endpointOf } from './endpoint.js'
export type { TlsSettings } from './tls-settings.js'
