// @ts-check
// Every public name, with the page it is on.
import { DeclarationReflection, ReferenceReflection, ReflectionKind } from 'typedoc'
import { ENGINE_TYPES, ORDER, sectionOf } from './sections.mjs'

/** An interface with more members than these has a page of its own. */
const MEMBERS_ON_A_SHARED_PAGE = 15

/**
 * @typedef {object} PublicName
 * @property {string} name
 * @property {string} specifier what it is imported from
 * @property {string} section
 * @property {string} page the name of the file without its ending
 * @property {boolean} alone whether the page is about nothing else
 * @property {DeclarationReflection} reflection
 */

/**
 * @param {Awaited<ReturnType<typeof import('./convert.mjs').convert>>} converted
 * @returns {readonly PublicName[]} by section, and within it by name
 */
export function catalogue({ doors, project }) {
  return doors
    .flatMap(({ specifier, types }) => namesOf(moduleOf(project, types), specifier))
    .sort(
      (one, other) =>
        ORDER.indexOf(one.section) - ORDER.indexOf(other.section) || one.name.localeCompare(other.name, 'en'),
    )
}

/**
 * @param {import('typedoc').ProjectReflection} project
 * @param {string} types the file of the module's declarations
 */
function moduleOf(project, types) {
  const found = project.children?.find(({ sources }) =>
    sources?.some(({ fullFileName }) => fullFileName === types),
  )
  if (!found) throw new Error(`TypeDoc has read nothing from ${types}`)
  return found
}

/**
 * @param {DeclarationReflection} module
 * @param {string} specifier
 */
function namesOf({ children = [] }, specifier) {
  // What another entry exports as well is described there.
  const own = children.filter((child) => !(child instanceof ReferenceReflection))
  return own.map((reflection) => placed(reflection, specifier))
}

/**
 * @param {DeclarationReflection} reflection
 * @param {string} specifier
 * @returns {PublicName}
 */
function placed(reflection, specifier) {
  const { name } = reflection
  const section = sectionOf(specifier, fileOf(reflection))
  const alone = hasOwnPage(reflection, section)
  return { name, specifier, section, alone, reflection, page: alone ? name : sharedPage(section, name) }
}

/** @param {DeclarationReflection} reflection */
function fileOf(reflection) {
  const { sources, signatures } = reflection
  return (sources ?? signatures?.[0]?.sources)?.[0]?.fullFileName ?? ''
}

/**
 * @param {DeclarationReflection} reflection
 * @param {string} section
 */
function hasOwnPage({ kind, children = [] }, section) {
  if (kind === ReflectionKind.Class) return true
  return section !== ENGINE_TYPES && children.length > MEMBERS_ON_A_SHARED_PAGE
}

/**
 * @param {string} section
 * @param {string} name
 */
function sharedPage(section, name) {
  const title = section.toLowerCase().replace(' ', '-')
  return section === ENGINE_TYPES ? `${title}-${name.charAt(0).toLowerCase()}` : `${title}-types`
}
