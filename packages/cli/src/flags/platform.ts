import { type Flag, text } from './flag.js'

/** The platform; DOCKER_DEFAULT_PLATFORM where the flag is absent. `--platform ''` gives none. */
export const platformFlag: Flag<string | undefined> = {
  ...text('Set platform if server is multi-platform capable'),
  initial: process.env.DOCKER_DEFAULT_PLATFORM,
}

/** `linux/arm64/v8` as an Engine takes it. */
export function platformQuery(platform: string): Readonly<Record<string, string>> {
  const [os = '', architecture, variant] = platform.split('/')
  return { os, ...(architecture && { architecture }), ...(variant && { variant }) }
}
