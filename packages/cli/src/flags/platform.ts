import { type Flag, text } from './flag.js'

/** The platform; DOCKER_DEFAULT_PLATFORM where the flag is absent. `--platform ''` gives none. */
export const platformFlag: Flag<string | undefined> = {
  ...text('Set platform if server is multi-platform capable'),
  initial: process.env.DOCKER_DEFAULT_PLATFORM,
}
