import { defineCommand } from '../../command.js'
import { runBuildKit, spec } from '../build.js'

/** The same as `build`, always with BuildKit. */
export const command = defineCommand({ ...spec, run: runBuildKit })
