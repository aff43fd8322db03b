import { extend, parseRepositoryTag, prepareBuildContext, processArgs } from './shared.js'

/** What programs take from dockerode's own file of this name. */
export default { extend, parseRepositoryTag, prepareBuildContext, processArgs }
