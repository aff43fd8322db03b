import type { BuildWarning } from 'dockline'
import type { BuildLocation } from 'dockline/types'
import { type Colors, colored } from './progress/colors.js'

const RULER = '-'.repeat(20)

/** Where something is in a Dockerfile: its place, and the lines around it. */
export function placeText({ file, line, excerpt }: BuildLocation, name = file): string {
  return `${name}:${line}\n${RULER}\n${excerpt}\n${RULER}\n`
}

/** The warnings after a build: one line for each, or all their details. */
export function warningsText(
  warnings: readonly BuildWarning[],
  { expand, colors }: { readonly expand: boolean; readonly colors: Colors | undefined },
): string {
  if (warnings.length === 0) return ''
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`
  const advice = expand ? '' : ' (use dockline --debug to expand)'
  const head = colored(`${count} found${advice}:`, colors?.warning)
  const each = warnings.map((warning) => ` - ${warning.text}\n${expand ? detailsOf(warning) : ''}`)
  return `\n ${head}\n${each.join('')}`
}

function detailsOf({ detail, url, location }: BuildWarning): string {
  const more = url === '' ? '' : `More info: ${url}\n`
  const place = location === undefined ? '' : placeText(location)
  return `${detail.map((line) => `${line}\n`).join('')}${more}${place}\n`
}
