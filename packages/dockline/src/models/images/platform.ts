import type { OCIPlatform } from '../../api/index.js'
import { own } from '../../support/own.js'
import { type Convert, invalid, object } from '../options/values.js'

/** A platform, such as 'linux/arm64' or 'linux/arm/v7', or as the Engine describes it. */
export type ImagePlatform = string | Readonly<OCIPlatform>

const EXPECTED = "like 'linux', 'linux/arm64' or 'linux/arm/v7'"

/** `os[/architecture[/variant]]`, checked and left as it is: the form for pulls and builds. */
export const platformText: Convert<string> = (value, option) => {
  const fits = typeof value === 'string' && /^[^/\s,]+(\/[^/\s,]+){0,2}$/.test(value)
  return fits ? value : invalid(option, EXPECTED, value)
}

const SYSTEMS = /^(?:linux|windows|darwin|freebsd)$/
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  x86_64: 'amd64',
  aarch64: 'arm64',
  ia32: '386',
  ppc64: 'ppc64le',
}

/** The same in parts. Of a single word, the other part is left out. */
export const platformParts: Convert<OCIPlatform> = (value, option) => {
  if (typeof value === 'object') return object(value, option) as OCIPlatform
  const text = platformText(value, option)
  if (!text.includes('/') && !SYSTEMS.test(text)) return { architecture: nameOf(text) }
  const [os, architecture, variant] = text.split('/')
  return { os, ...(architecture && { architecture: nameOf(architecture) }), ...(variant && { variant }) }
}

/** The form for all other calls. As docker does it, the other part of a single word is Linux or this machine's. */
export const parsePlatform: Convert<OCIPlatform> = (value, option) => {
  const parts = platformParts(value, option)
  return typeof value === 'object' ? parts : { os: 'linux', architecture: nameOf(process.arch), ...parts }
}

/** The platform of this machine. */
export function ownPlatform(): string {
  return `${process.platform.replace('win32', 'windows')}/${nameOf(process.arch)}`
}

function nameOf(architecture: string): string {
  return own(ARCHITECTURES, architecture) ?? architecture
}

/** One platform, or several. */
export const parsePlatforms: Convert<OCIPlatform[]> = (value, option) => {
  if (!Array.isArray(value)) return [parsePlatform(value, option)]
  return value.map((each, index) => parsePlatform(each, `${option}[${index}]`))
}
