export { ByteProgress, type ByteProgressOptions } from './bytes.js'
export { type ProgressDisplay, progressDisplay, showProgress } from './display.js'
export type { EngineMessage } from './message.js'
