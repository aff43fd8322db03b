// @ts-check

import { refPrefix } from './plan.mjs'

/**
 * From a schema to the words of a TypeScript type. A type is the list of the members of its union, so that
 * the printer can put them on one line or on many.
 *
 * @typedef {import('./facts.mjs').Schema} Schema
 * @typedef {Map<string, Schema>} Definitions
 * @typedef {string[]} Union
 *
 * @typedef {object} Place
 * @property {string} name the name an inline object gets when it moves out to a type of its own
 * @property {(name: string, schema: Schema) => void} hoist
 *
 * @typedef {object} Shape
 * @property {string[]} bases
 * @property {Record<string, Schema>} properties
 * @property {string[]} required
 * @property {boolean} open has members the description does not name
 */

/**
 * @param {Schema} schema
 * @param {Place} place
 * @returns {Union}
 */
export function typeOf(schema, place) {
  const union = baseType(schema, place)
  return schema['x-nullable'] ? or(union, 'null') : union
}

/**
 * `unknown` has null and undefined in it already.
 *
 * @param {Union} union
 * @param {'null' | 'undefined'} type
 */
export function or(union, type) {
  return union.includes(type) || union.includes('unknown') ? union : [...union, type]
}

/**
 * @param {Schema} schema
 * @param {Place} place
 * @returns {Union}
 */
function baseType(schema, place) {
  const ref = refName(schema)
  if (ref) return [ref]
  if (schema.enum) return schema.enum.map(literalType)
  if (isNamed(schema)) {
    place.hoist(place.name, schema)
    return [place.name]
  }
  if (schema.type === 'array') return [arrayType(schema, place)]
  if (schema.additionalProperties) return [recordType(schema.additionalProperties, place)]
  return [simpleType(schema.type)]
}

/**
 * The definition a schema stands for. Upstream wraps a `$ref` in an `allOf` to give it a description.
 *
 * @param {Schema} schema
 * @returns {string | undefined}
 */
export function refName(schema) {
  if (schema.$ref) return schema.$ref.slice(refPrefix.length)
  const { bases, properties } = shapeOf(schema)
  return bases.length === 1 && Object.keys(properties).length === 0 ? bases[0] : undefined
}

/** @param {unknown} value */
function literalType(value) {
  // {"80/tcp": {}} is how Go writes a set: its values are objects without members.
  if (value && typeof value === 'object') return 'Record<string, never>'
  return literal(value)
}

/**
 * @param {unknown} value
 * @returns {string}
 */
export function literal(value) {
  if (typeof value !== 'string' || value.includes("'")) return JSON.stringify(value)
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"')}'`
}

/** @param {Schema} schema */
function isNamed(schema) {
  return Boolean(schema.allOf || (schema.properties && Object.keys(schema.properties).length > 0))
}

/**
 * @param {Schema} schema
 * @param {Place} place
 */
function arrayType({ items = {}, minItems, maxItems, readonly }, place) {
  const union = typeOf(items, place)
  if (minItems === 2 && maxItems === 2) return `[${oneLine(union)}, ${oneLine(union)}]`
  const item = union.length > 1 ? `(${oneLine(union)})` : oneLine(union)
  return `${readonly ? 'readonly ' : ''}${item}[]`
}

/**
 * @param {true | Schema} values
 * @param {Place} place
 */
function recordType(values, place) {
  return `Record<string, ${values === true ? 'unknown' : oneLine(typeOf(values, place))}>`
}

/** @param {string | undefined} type */
function simpleType(type) {
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'string' || type === 'boolean') return type
  return type === 'object' ? 'Record<string, unknown>' : 'unknown'
}

/** @param {Union} union */
export function oneLine(union) {
  return union.join(' | ')
}

/**
 * @param {Schema} schema
 * @returns {Shape}
 */
export function shapeOf(schema) {
  const own = {
    bases: schema.$ref ? [schema.$ref.slice(refPrefix.length)] : [],
    properties: schema.properties ?? {},
    required: schema.required ?? [],
    open: Boolean(schema.properties && schema.additionalProperties),
  }
  return [own, ...(schema.allOf ?? []).map(shapeOf)].reduce((a, b) => ({
    bases: [...a.bases, ...b.bases],
    properties: { ...a.properties, ...b.properties },
    required: [...a.required, ...b.required],
    open: a.open || b.open,
  }))
}

/**
 * Whether an interface can extend it.
 *
 * @param {string} name
 * @param {Definitions} definitions
 * @returns {boolean}
 */
export function isInterface(name, definitions) {
  const { bases, properties } = shapeOf(definitions.get(name) ?? {})
  if (bases.length > 0) return bases.every((base) => isInterface(base, definitions))
  return Object.keys(properties).length > 0
}

/**
 * The type of a member of an object. A definition that is nullable as a whole is a pointer in Go: the member
 * that holds it may be null. Lists and maps of pointers never hold null, so only members ask this.
 *
 * @param {Schema} schema
 * @param {Place} place
 * @param {Definitions} definitions
 * @returns {Union}
 */
export function memberType(schema, place, definitions) {
  const union = typeOf(schema, place)
  const pointer = schema['x-nullable'] ?? definitions.get(refName(schema) ?? '')?.['x-nullable']
  return pointer ? or(union, 'null') : union
}

/**
 * @param {string} parent
 * @param {string} property
 * @param {Schema} schema
 */
export function memberName(parent, property, schema) {
  const name = property.replace(/[^\w]/g, '')
  return parent + name.charAt(0).toUpperCase() + singular(name.slice(1), schema)
}

/**
 * The name for one item of a list which is a type of its own.
 *
 * @param {string} name
 */
export function itemName(name) {
  const item = singular(name, { type: 'array' })
  return item === name ? `${name}Item` : item
}

/**
 * @param {string} name
 * @param {Schema} schema
 */
function singular(name, { type }) {
  return type === 'array' ? name.replace(/(?<![us])s$/, '') : name
}
