export type { Dial, Endpoint } from './dial.js'
export { DEFAULT_HOST, type EndpointSettings, endpointOf } from './endpoint.js'
export { type SshOptions, type SshSettings, sshSettings } from './ssh-address.js'
export type { TlsSettings } from './tls-settings.js'
