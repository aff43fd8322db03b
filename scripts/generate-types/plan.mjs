// @ts-check

/**
 * Which types there will be, and under which names: one per definition, and up to three per operation.
 *
 * @typedef {import('./facts.mjs').Api} Api
 * @typedef {import('./facts.mjs').Operation} Operation
 * @typedef {import('./facts.mjs').Schema} Schema
 *
 * @typedef {{ name: string, schema: Schema, route?: string, since?: string | undefined }} Planned
 * @typedef {{ tag: string, types: Planned[] }} Section
 *
 * What is sent to an endpoint. The schemas are those of the types, so that a correction is seen here as well.
 *
 * @typedef {object} PlannedOperation
 * @property {string} id
 * @property {string} tag
 * @property {string} method
 * @property {string} path
 * @property {string | undefined} since
 * @property {Schema | undefined} query
 * @property {Schema | undefined} json
 * @property {boolean} bytes has a body that is not JSON
 * @property {Schema | undefined} answer
 *
 * @typedef {object} Plan
 * @property {string} version
 * @property {Planned[]} definitions
 * @property {Section[]} sections
 * @property {PlannedOperation[]} operations
 */

export const refPrefix = '#/definitions/'

/**
 * @param {Api} api
 * @returns {Plan}
 */
export function plan(api) {
  // Corrections change schemas in place: they get a copy, not what the caller read.
  const { version, definitions, operations } = structuredClone(api)
  /** @type {Map<string, Planned[]>} */
  const tags = new Map()
  /** @type {PlannedOperation[]} */
  const planned = []
  for (const operation of operations) {
    const schemas = schemasOf(operation)
    const types = operationTypes(operation, schemas).filter((type) => !isDefinition(type, definitions))
    tags.set(operation.tag, [...(tags.get(operation.tag) ?? []), ...types])
    planned.push({
      ...requestOf(operation),
      query: schemas.Query,
      json: schemas.Body,
      answer: schemas.Response,
    })
  }
  return {
    version,
    definitions: Object.entries(definitions).map(([name, schema]) => ({ name, schema })),
    sections: [...tags].map(([tag, types]) => ({ tag, types })).filter(({ types }) => types.length > 0),
    operations: planned,
  }
}

/** @param {Operation} operation */
function schemasOf(operation) {
  return { Query: querySchema(operation), Body: bodySchema(operation), Response: answerSchema(operation) }
}

/** @param {Operation} operation */
function requestOf({ operationId: id, tag, method, path, since, parameters, consumes }) {
  const body = parameters.find((parameter) => parameter.in === 'body')
  return { id, tag, method, path, since, bytes: body !== undefined && !isJson(body.schema, consumes) }
}

/**
 * @param {Operation} operation
 * @param {Record<string, Schema | undefined>} schemas
 * @returns {Planned[]}
 */
function operationTypes({ operationId, method, path, since }, schemas) {
  return Object.entries(schemas).flatMap(([suffix, schema]) =>
    schema ? [{ name: operationId + suffix, schema, route: `${method} ${path}`, since }] : [],
  )
}

/**
 * @param {Operation} operation
 * @returns {Schema | undefined}
 */
function querySchema({ parameters }) {
  const query = parameters.filter((parameter) => parameter.in === 'query')
  if (query.length === 0) return undefined
  return {
    type: 'object',
    properties: Object.fromEntries(query.map((parameter) => [parameter.name, queryField(parameter)])),
    required: query.filter((parameter) => parameter.required).map((parameter) => parameter.name),
  }
}

/**
 * @param {import('./facts.mjs').Parameter} parameter
 * @returns {Schema}
 */
function queryField({ required: _, schema: __, ...parameter }) {
  // On the wire filters are a JSON string; Dockline takes the object and writes the string itself.
  if (parameter.name === 'filters') return { $ref: `${refPrefix}Filters` }
  return parameter.type === 'array' ? { ...parameter, readonly: true } : parameter
}

/**
 * @param {Operation} operation
 * @returns {Schema | undefined}
 */
function bodySchema({ parameters, consumes }) {
  const schema = parameters.find((parameter) => parameter.in === 'body')?.schema
  return isJson(schema, consumes) ? schema : undefined
}

/**
 * @param {Operation} operation
 * @returns {Schema | undefined}
 */
function answerSchema({ responses, produces }) {
  const [, answer] =
    Object.entries(responses).find(([status, { schema }]) => /^2/.test(status) && schema) ?? []
  const schema = answer?.schema
  return isJson(schema, produces) ? schema : undefined
}

/**
 * JSON is the default; a tar archive or a raw stream gets no type.
 *
 * @param {Schema | undefined} schema
 * @param {string[]} mediaTypes
 */
function isJson(schema, mediaTypes = ['application/json']) {
  return schema?.format !== 'binary' && mediaTypes.some((type) => type.includes('json'))
}

/**
 * ContainerCreate answers with the definition ContainerCreateResponse: it needs no second name. The same
 * name for another shape would be a lie, so that stops the generator.
 *
 * @param {Planned} type
 * @param {Record<string, Schema>} definitions
 */
function isDefinition({ name, schema, route }, definitions) {
  if (!definitions[name]) return false
  if (schema.$ref === refPrefix + name) return true
  throw new Error(`${route} wants a type ${name}, but a definition with another shape has that name`)
}
