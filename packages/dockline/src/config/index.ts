export { detecting, withOffers } from './autodetect.js'
export type { ContextChanges, ContextTlsOptions } from './contexts/context-changes.js'
export {
  type ContextDetails,
  ContextStore,
  type ContextStoreOptions,
  type ContextSummary,
  type CreateContextOptions,
  type RemoveContextOptions,
} from './contexts/contexts-store.js'
export { configCredentials } from './credentials/provider.js'
export { type AuthEntry, type ConfigFile, configPath, readConfig } from './file.js'
export { configHeaders, optionHeaders } from './headers.js'
export { type ConnectionSettings, type Environment, resolveConnection } from './resolve.js'
export type { TlsOptions } from './tls-files.js'
