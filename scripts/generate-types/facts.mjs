// @ts-check

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string} [type]
 * @property {string} [format]
 * @property {unknown[]} [enum]
 * @property {unknown} [default]
 * @property {string} [since] first API version that has it
 * @property {string} [until] last API version that has it; only corrections know
 * @property {boolean} [x-nullable]
 * @property {boolean} [told] the Engine tells it and never takes it; only corrections know
 * @property {Schema} [items]
 * @property {number} [minItems]
 * @property {number} [maxItems]
 * @property {boolean} [readonly] an array nobody writes to; only the plan sets it
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {boolean | Schema} [additionalProperties]
 * @property {Schema[]} [allOf]
 *
 * @typedef {{ name: string, in: string, required?: boolean, schema?: Schema }} ParameterPlace
 * @typedef {Omit<Schema, 'required'> & ParameterPlace} Parameter
 *
 * @typedef {object} Operation
 * @property {string} operationId
 * @property {string} method
 * @property {string} path
 * @property {string} tag
 * @property {string} [since]
 * @property {string[]} [consumes]
 * @property {string[]} [produces]
 * @property {Parameter[]} parameters
 * @property {Record<string, { schema?: Schema }>} responses
 *
 * @typedef {{ version: string, definitions: Record<string, Schema>, operations: Operation[] }} Api
 */

/**
 * @param {string} folder
 * @returns {Promise<Api>}
 */
export async function readFacts(folder) {
  const [definitions, operations] = await Promise.all([
    readJson(join(folder, 'definitions.json')),
    readJson(join(folder, 'operations.json')),
  ])
  return {
    version: operations.apiVersion,
    definitions: definitions.definitions,
    operations: sorted(operations.operations),
  }
}

/** @param {string} file */
async function readJson(file) {
  const text = await readText(file, 'Pass --facts DIR, or --swagger FILE with a swagger.yaml.')
  return JSON.parse(text)
}

/**
 * @param {string} file
 * @param {string} advice
 */
async function readText(file, advice) {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new Error(`cannot read ${file}. ${advice}`, { cause })
  }
}

/**
 * Upstream's own form. It says only in prose since when something exists, so `since` is missing here.
 *
 * @param {string} file
 * @returns {Promise<Api>}
 */
export async function readSwagger(file) {
  const text = await readText(file, 'Pass --swagger FILE with a swagger.yaml.')
  const document = (await loadYaml()).parse(text, { merge: true })
  if (!document?.paths || !document.definitions) {
    throw new Error(`${file} has no paths and definitions: is it a Swagger 2.0 file?`)
  }
  return {
    version: String(document.info.version),
    definitions: document.definitions,
    operations: sorted(Object.entries(document.paths).flatMap((entry) => operationsOf(entry, document))),
  }
}

// Only swagger needs it, and the facts are the everyday way.
async function loadYaml() {
  try {
    return await import('yaml')
  } catch (cause) {
    throw new Error('reading swagger needs the "yaml" package: npm install', { cause })
  }
}

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options']

/**
 * @param {[string, any]} entry
 * @param {any} document
 * @returns {Operation[]}
 */
function operationsOf([path, item], document) {
  /** @param {any} parameter */
  const resolved = (parameter) =>
    parameter.$ref ? document.parameters[parameter.$ref.replace('#/parameters/', '')] : parameter

  return methods
    .filter((method) => item[method])
    .map((method) => ({
      ...item[method],
      method: method.toUpperCase(),
      path,
      tag: item[method].tags?.[0] ?? 'Other',
      parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(resolved),
    }))
}

/**
 * By path, so that both forms give the same file whatever order they were written in.
 *
 * @param {Operation[]} operations
 */
function sorted(operations) {
  /** @param {Operation} operation */
  const key = ({ path, method }) => `${path} ${method}`
  return operations.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}
