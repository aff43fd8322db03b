// @ts-check
// Which mirror this machine uses, read from apt's own sources, so that a root file system comes from where
// the machine's packages come from.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @typedef {{ uri: string, suite: string, components: string[], signedBy: string }} Source */

const ROLLING = ['stable', 'oldstable', 'testing', 'unstable', 'sid']
const FOR_DOCKER = ['main', 'universe']

/** @returns {{ uri: string, components: string[] }} */
export function machineMirror(apt = '/etc/apt', release = readRelease()) {
  const own = readSources(apt).filter(
    ({ suite, components }) => components.includes('main') && [release.codename, ...ROLLING].includes(suite),
  )
  // Others publish for the same suites too; the distribution's own mirror is signed with its keys.
  const [best] = own.sort((one, other) => likeness(other, release) - likeness(one, release))
  if (!best) {
    throw new Error(
      `no mirror of ${release.id} ${release.codename} with 'main' in ${apt}/sources.list` +
        ` or ${apt}/sources.list.d: add the distribution's own entry there, or use the suite 'machine'`,
    )
  }
  return {
    uri: resolveMirrorList(best.uri),
    components: best.components.filter((name) => FOR_DOCKER.includes(name)),
  }
}

/**
 * @param {Source} source
 * @param {{ id: string, codename: string }} release
 */
function likeness({ uri, suite, signedBy }, { id, codename }) {
  return (
    (signedBy.includes(`${id}-archive`) ? 4 : 0) +
    (uri.replace(/\/+$/, '').endsWith(`/${id}`) ? 2 : 0) +
    (suite === codename ? 1 : 0)
  )
}

/** @returns {{ id: string, codename: string }} */
export function readRelease(path = '/etc/os-release') {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  /** @param {string} key */
  const value = (key) => text.match(new RegExp(`^${key}="?([^"\\n]*)`, 'm'))?.[1] ?? ''
  return { id: value('ID') || 'debian', codename: value('VERSION_CODENAME') }
}

/**
 * @param {string} apt
 * @returns {Source[]}
 */
export function readSources(apt) {
  const parts = join(apt, 'sources.list.d')
  const files = [
    join(apt, 'sources.list'),
    ...(existsSync(parts) ? readdirSync(parts) : []).map((n) => join(parts, n)),
  ]
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      if (file.endsWith('.list')) return readOneLine(readFileSync(file, 'utf8'))
      if (file.endsWith('.sources')) return readDeb822(readFileSync(file, 'utf8'))
      return []
    })
}

/**
 * `deb [signed-by=KEYRING] URI SUITE COMPONENT...`
 * @param {string} text
 * @returns {Source[]}
 */
function readOneLine(text) {
  return text.split('\n').flatMap((line) => {
    const found = line.match(/^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+([^#]*)/)
    if (!found) return []
    const [, options = '', uri = '', suite = '', components = ''] = found
    const signedBy = options.match(/signed-by=(\S+)/i)?.[1] ?? ''
    return isReachable(uri) ? [{ uri, suite, components: words(components), signedBy }] : []
  })
}

/**
 * Stanzas of `Key: value` with an empty line between; a line that starts with a blank continues the value.
 * @param {string} text
 * @returns {Source[]}
 */
function readDeb822(text) {
  const stanzas = text.replace(/^#.*\n?/gm, '').split(/\n\s*\n/)
  return stanzas.flatMap((stanza) => {
    const unfolded = stanza.replace(/\n[ \t]+/g, ' ')
    /** @param {string} key */
    const value = (key) => unfolded.match(new RegExp(`^${key}:(.*)$`, 'im'))?.[1]?.trim() ?? ''
    if (/^(no|false|off|0)$/i.test(value('Enabled')) || !words(value('Types')).includes('deb')) return []
    const uri = words(value('URIs')).find(isReachable)
    if (!uri) return []
    const rest = { uri, components: words(value('Components')), signedBy: value('Signed-By') }
    return words(value('Suites')).map((suite) => ({ ...rest, suite }))
  })
}

/** @param {string} text */
const words = (text) => text.trim().split(/\s+/).filter(Boolean)

/** @param {string} uri */
const isReachable = (uri) => /^(https?|file|copy|mirror\+file):/.test(uri)

/**
 * Debian's cloud images name a file with the mirror in it instead of the mirror.
 * @param {string} uri
 */
function resolveMirrorList(uri) {
  if (!uri.startsWith('mirror+file:')) return uri
  const list = readFileSync(
    fileURLToPath(uri.replace('mirror+', '').replace(/^file:\/*/, 'file:///')),
    'utf8',
  )
  const first = words(list.replace(/#.*$/gm, '')).find(isReachable)
  if (!first) throw new Error(`no mirror in the list that ${uri} names`)
  return first
}
