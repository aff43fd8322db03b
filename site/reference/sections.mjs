// @ts-check

/** The sections of the reference in their order, and the folders or files of the package that each is made of. */
const SECTIONS = [
  section('Client', 'client.ts', 'client-options.ts', 'version.ts', 'models/system', 'models/base'),
  section('Containers', 'models/containers', 'models/options'),
  section('Sessions', 'models/sessions'),
  section('Terminals', 'terminal'),
  section('Images', 'models/images'),
  section('Transfers', 'models/transfers'),
  section('Networks', 'models/networks'),
  section('Volumes', 'models/volumes'),
  section('Events', 'models/events'),
  section('Swarm', 'models/swarm'),
  section('Plugins', 'models/plugins'),
  section('Streams', 'stream'),
  section('Errors', 'errors', 'errors.ts'),
  section('Connections', 'config', 'transport'),
  section('Credentials', 'models/registry', 'config/credentials'),
  section('Helpers', 'support', 'archive'),
  section('Syntax'),
  section('Low level', 'api', 'http'),
  section('Engine types', 'api/types.gen.ts'),
]

export const ORDER = SECTIONS.map(({ title }) => title)
export const ENGINE_TYPES = 'Engine types'
/** Where names go that come from a folder without a section of its own. */
const REST = 'Helpers'

/** The sections of names that are not imported from the main door. */
const OF_DOOR = new Map([
  ['dockline/terminal', 'Terminals'],
  ['dockline/syntax', 'Syntax'],
])

/**
 * Says which section a name belongs to: that of its door, or else that of the longest path which leads to its declaration.
 * @param {string} specifier what the name is imported from
 * @param {string} file the path of its declaration, such as `packages/dockline/dist/models/images/build.d.ts`
 */
export function sectionOf(specifier, file) {
  const ofDoor = OF_DOOR.get(specifier)
  if (ofDoor) return ofDoor
  const path = file.replace(/^.*?\/(?:dist|src)\//, '').replace(/\.d\.ts$/, '.ts')
  const fits = SECTIONS.flatMap(({ title, paths }) => paths.map((start) => ({ title, start }))).filter(
    ({ start }) => path === start || path.startsWith(`${start}/`),
  )
  return fits.sort((one, other) => other.start.length - one.start.length)[0]?.title ?? REST
}

/**
 * @param {string} title
 * @param {string[]} paths
 */
function section(title, ...paths) {
  return { title, paths }
}
