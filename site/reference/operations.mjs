// @ts-check
// Where Docker documents the operations of the Engine API.
import { readFileSync } from 'node:fs'

const DOCUMENTATION = 'https://docs.docker.com/reference/api/engine/version/v1.55/'
const TABLE = new URL('../../packages/dockline/src/api/since.gen.ts', import.meta.url)
const ROW = /^ {2}(\w+): \{ method: '(\w+)', path: '([^']+)'.* \/\/ (\w+)$/gm

/** @type {ReadonlyMap<string, string>} */
const ADDRESSES = new Map(
  Array.from(readFileSync(TABLE, 'utf8').matchAll(ROW), ([, id, method, path, tag]) => [
    `${method} ${path}`,
    `${DOCUMENTATION}#tag/${tag}/operation/${id}`,
  ]),
)

/**
 * Makes a route such as `GET /containers/json` a link to its documentation. Other text stays as it is.
 * @param {string} text
 * @param {string} route
 */
export function linkRoute(text, route) {
  const address = ADDRESSES.get(route)
  return address === undefined ? text : `[\`${text.replaceAll('`', '')}\`](${address})`
}
