import { type Flag, text } from './flag.js'

/** DOCKER_DEFAULT_PLATFORM where none is given; `--platform ''` is none at all. */
export const platformFlag: Flag<string | undefined> = {
  ...text('Set platform if server is multi-platform capable'),
  initial: process.env.DOCKER_DEFAULT_PLATFORM,
}

/** `linux/arm64/v8` as an Engine takes it. */
export function platformQuery(platform: string): Readonly<Record<string, string>> {
  const [os = '', architecture, variant] = platform.split('/')
  return { os, ...(architecture && { architecture }), ...(variant && { variant }) }
}
