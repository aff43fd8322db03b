export { type Collected, type Collecting, Collection, type CollectOptions, checkLimit } from './collection.js'
export { type DemultiplexOptions, demultiplex } from './demultiplex.js'
export { FrameDecoder, type FrameOptions, type OutputChunk, type Source } from './frames.js'
export { JsonDecoder, jsonValues, type ParseJson } from './json.js'
export { LineDecoder } from './lines.js'
export {
  type OpenOutput,
  type OutputLine,
  type OutputSource,
  OutputStream,
  orFailing,
  type PipeOptions,
  type ReadLines,
} from './output.js'
export { hasReturnedAll, readPieces } from './pieces.js'
export { ByteQueue } from './queue.js'
export {
  type ByteSource,
  closedEarly,
  holdErrors,
  isByteSource,
  isSpent,
  letGoOf,
  readableOf,
} from './source.js'
