// `dockline/api`: every endpoint of the Engine's API and its types by the Engine's own names, and the HTTP below.

export * from '../api/index.js'
export {
  type AnswerRequest,
  compareVersions,
  encodedPath,
  type HttpAnswer,
  HttpClient,
  type HttpOptions,
  MAX_API_VERSION,
  type MakingRequest,
  MIN_API_VERSION,
  type Path,
  path,
  type ReadAnswer,
  type ReadingValues,
  type Request as HttpRequest,
  Segments,
  type StreamAnswer,
  type StreamRequest,
  type UpgradedConnection,
  type UpgradeRequest,
} from '../http/index.js'
