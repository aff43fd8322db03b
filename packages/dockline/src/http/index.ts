export { checkChunk } from './body.js'
export {
  type AnswerRequest,
  type CallOptions,
  type HttpAnswer,
  HttpClient,
  type HttpOptions,
  type MakingRequest,
  type ReadAnswer,
  type Request,
  type StreamAnswer,
  type UpgradedConnection,
  type UpgradeRequest,
  valuesIn,
} from './client.js'
export { type Deadline, deadline } from './deadline.js'
export { orAborted } from './flight.js'
export { compareVersions, MAX_API_VERSION, MIN_API_VERSION } from './negotiate.js'
export { encodedPath, type Path, path, Segments } from './path.js'
export type { Query } from './query.js'
