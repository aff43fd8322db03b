// @ts-check

import { refPrefix } from './plan.mjs'

/**
 * @typedef {import('./facts.mjs').Schema} Schema
 * @typedef {import('./plan.mjs').Plan} Plan
 */

/**
 * The schemas of the values that a caller passes: queries, bodies, and all schemas inside of these. Under
 * `exactOptionalPropertyTypes` a caller may pass undefined only where the type of the field names it. A field that is only
 * read is `undefined` anyway where it is absent, so that the types of answers do without.
 *
 * @param {Plan} plan
 * @returns {ReadonlySet<Schema>}
 */
export function sentSchemas({ operations, definitions }) {
  const schemas = new Map(definitions.map(({ name, schema }) => [name, schema]))
  /** @type {Set<Schema>} */
  const sent = new Set()
  for (const { query, json } of operations) {
    for (const schema of [query, json]) if (schema) add(schema)
  }
  return sent

  /** @param {Schema} schema */
  function add(schema) {
    if (sent.has(schema)) return
    sent.add(schema)
    for (const inner of innerSchemas(schema, schemas)) add(inner)
  }
}

/**
 * @param {Schema} schema
 * @param {ReadonlyMap<string, Schema>} definitions
 * @returns {Schema[]}
 */
function innerSchemas({ $ref, items, properties = {}, additionalProperties, allOf = [] }, definitions) {
  const referred = $ref && definitions.get($ref.slice(refPrefix.length))
  const inner = [referred, items, ...Object.values(properties), additionalProperties, ...allOf]
  return inner.filter((schema) => typeof schema === 'object')
}
