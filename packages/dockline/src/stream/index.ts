export { FrameDecoder, type OutputChunk, type Source } from './frames.js'
export { JsonDecoder, jsonValues, type ParseJson } from './json.js'
export { LineDecoder } from './lines.js'
export {
  type OpenOutput,
  type OutputLine,
  type OutputSource,
  OutputStream,
  orFailing,
  type PipeOptions,
} from './output.js'
