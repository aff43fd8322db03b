export type { Dial, Endpoint } from './dial.js'
export { DEFAULT_HOST, endpointOf } from './endpoint.js'
