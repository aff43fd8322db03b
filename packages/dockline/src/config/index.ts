export { type ConnectionSettings, type Environment, resolveConnection } from './resolve.js'
