import type { OCIPlatform } from '../../api/index.js'
import { type Convert, invalid, object } from '../options/values.js'

/** A platform, such as 'linux/arm64' or 'linux/arm/v7', or as the Engine describes it. */
export type ImagePlatform = string | Readonly<OCIPlatform>

const EXPECTED = "like 'linux', 'linux/arm64' or 'linux/arm/v7'"

/** `os[/architecture[/variant]]`, checked and left as it is: the form for pulls and builds. */
export const platformText: Convert<string> = (value, option) => {
  const fits = typeof value === 'string' && /^[^/\s]+(\/[^/\s]+){0,2}$/.test(value)
  return fits ? value : invalid(option, EXPECTED, value)
}

/** The same in parts: the form for all other calls. */
export const parsePlatform: Convert<OCIPlatform> = (value, option) => {
  if (typeof value === 'object') return object(value, option) as OCIPlatform
  const [os, architecture, variant] = platformText(value, option).split('/')
  return { os, ...(architecture && { architecture }), ...(variant && { variant }) }
}

/** One platform, or several. */
export const parsePlatforms: Convert<OCIPlatform[]> = (value, option) => {
  if (!Array.isArray(value)) return [parsePlatform(value, option)]
  return value.map((each, index) => parsePlatform(each, `${option}[${index}]`))
}
