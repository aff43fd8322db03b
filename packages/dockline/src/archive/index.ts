export {
  type CopyArgument,
  type CopyDestination,
  type CopyPlan,
  type CopyRoute,
  type CopySource,
  copyPlan,
  copyRoute,
  splitCopyArgument,
} from './copy.js'
export type { Owner } from './entries.js'
export { type ExtractOptions, type ExtractResult, extractArchive } from './extract.js'
export { type FolderVerdict, IgnoreRules, type Verdict } from './ignore-rules.js'
export { type PackPathOptions, packPath } from './pack.js'
export { type TarEntry, type TarOptions, tarStream } from './tar.js'
export { type FoundPath, walk } from './walk.js'
