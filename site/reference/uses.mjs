// @ts-check
// Where a type is met: the methods and functions that take or return it, and the types that it is a part of.
import { ReflectionKind } from 'typedoc'
import { signatureOf, textOf } from './types.mjs'

/** @typedef {import('typedoc').DeclarationReflection} Declaration */
/** @typedef {import('./catalogue.mjs').PublicName} PublicName */

/**
 * @typedef {object} Uses
 * @property {readonly string[]} calls such as 'Container.exec()'
 * @property {readonly string[]} parts names of types that have it in a field, or extend it
 */
/** @typedef {(name: string) => Uses} UsesOf */

/**
 * @param {readonly PublicName[]} names
 * @returns {UsesOf}
 */
export function findUses(names) {
  const calls = usersOf(names.flatMap(({ reflection }) => callsOf(reflection)))
  const parts = usersOf(names.flatMap(({ reflection }) => partsOf(reflection)))
  return (name) => ({ calls: calls.get(name) ?? [], parts: parts.get(name) ?? [] })
}

/** @typedef {readonly [user: string, text: string]} Mention types that a user names, as they are printed */

/**
 * @param {Declaration} reflection
 * @returns {Mention[]}
 */
function callsOf(reflection) {
  const { name, kind, signatures = [], children = [] } = reflection
  if (kind === ReflectionKind.Function) return mentions(`${name}()`, signatures)
  return children.filter(isOwn).flatMap((child) => {
    const isMade = child.kind === ReflectionKind.Constructor
    return mentions(isMade ? `new ${name}()` : `${name}.${child.name}()`, child.signatures ?? [])
  })
}

/**
 * @param {string} user
 * @param {readonly import('typedoc').SignatureReflection[]} signatures
 * @returns {Mention[]}
 */
function mentions(user, signatures) {
  return signatures.map((signature) => [user, signatureOf('', signature)])
}

/**
 * @param {Declaration} reflection
 * @returns {Mention[]}
 */
function partsOf({ name, type, children = [], extendedTypes = [] }) {
  const fields = children.filter(isOwn).map((child) => child.getSignature?.type ?? child.type)
  const types = [type, ...extendedTypes, ...fields]
  return types.filter((each) => each !== undefined).map((each) => [name, textOf(each)])
}

/** @param {Declaration} member */
function isOwn({ name, flags, inheritedFrom }) {
  return inheritedFrom === undefined && !flags.isPrivate && !name.startsWith('#')
}

/**
 * @param {readonly Mention[]} mentioned
 * @returns {Map<string, string[]>} the users of each type, each once
 */
function usersOf(mentioned) {
  /** @type {Map<string, string[]>} */
  const users = new Map()
  for (const [user, text] of mentioned) {
    for (const [type] of text.matchAll(/\b[A-Z]\w*/g)) {
      const known = users.get(type) ?? []
      if (user !== type && !known.includes(user)) users.set(type, [...known, user])
    }
  }
  return users
}
