export { checkChunk } from './body.js'
export { HttpClient, type HttpOptions } from './client.js'
export { valuesIn } from './collect.js'
export { type Deadline, deadline } from './deadline.js'
export { orAborted } from './flight.js'
export { compareVersions, MAX_API_VERSION, MIN_API_VERSION } from './negotiate.js'
export { encodedPath, type Path, path, Segments } from './path.js'
export type { Query } from './query.js'
export type {
  AnswerRequest,
  CallOptions,
  HttpAnswer,
  MakingRequest,
  ReadAnswer,
  ReadingValues,
  Request,
  StreamAnswer,
  StreamRequest,
  UpgradedConnection,
  UpgradeRequest,
} from './request.js'
