import { defineCommand } from '../../command.js'
import { runBuildKit, spec } from '../build.js'

/** The same as `build`, with BuildKit whatever the environment says. */
export const command = defineCommand({ ...spec, run: runBuildKit })
