// @ts-check
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Where all pages are brought together before they become a site. */
export const PAGES = fileURLToPath(new URL('.cache/pages', import.meta.url))
/** The finished site. */
export const OUTPUT = fileURLToPath(new URL('dist', import.meta.url))
