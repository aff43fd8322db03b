import { ExitError } from '../errors.js'
import type { Screen } from '../progress/screen.js'
import { type ProgressMode, usualMode } from './progress/display.js'

export interface ModeChoice {
  readonly progress: string | undefined
  readonly quiet: boolean
}

const MODES = ['auto', 'none', 'plain', 'quiet', 'rawjson', 'tty']

/** How the progress is shown: as the flags say, else BUILDKIT_PROGRESS, else as it fits the screen. */
export function progressMode(screen: Screen, { progress: given, quiet }: ModeChoice): ProgressMode {
  const progress = given || 'auto'
  const wanted = progress === 'auto' && !quiet ? process.env.BUILDKIT_PROGRESS || 'auto' : progress
  if (quiet && wanted !== 'auto' && wanted !== 'quiet')
    throw new ExitError(`ERROR: progress=${wanted} and quiet cannot be used together`)
  if (!MODES.includes(wanted)) throw new ExitError(`ERROR: invalid progress mode ${wanted}`)
  if (wanted === 'tty' && screen.isTTY !== true)
    throw new ExitError('ERROR: failed to get console: provided file is not a console')
  if (quiet || wanted === 'none') return 'quiet'
  return wanted === 'auto' ? usualMode(screen) : (wanted as ProgressMode)
}

/** Whether the id of the image is printed on stdout, and nothing else. */
export function printsId({ progress, quiet }: ModeChoice): boolean {
  const wanted = !progress || progress === 'auto' ? process.env.BUILDKIT_PROGRESS : progress
  return quiet || wanted === 'quiet'
}
