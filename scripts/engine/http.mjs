// @ts-check
// The few requests that are needed before there is a client.
import { request } from 'node:http'

/** @typedef {{ status: number, body: string }} Reply */

/**
 * @typedef {object} Question
 * @property {'GET' | 'POST'} [method] Default: GET.
 * @property {string} path
 * @property {import('node:stream').Readable | undefined} [body]
 * @property {AbortSignal | undefined} [signal]
 * @property {number | undefined} [timeout]
 */

/**
 * @param {string} host unix:///…
 * @param {Question} question
 * @returns {Promise<Reply>}
 */
export function ask(host, { method = 'GET', path, body, signal, timeout }) {
  return new Promise((done, fail) => {
    const options = { socketPath: socketOf(host), method, path, signal, timeout, headers: { host: 'docker' } }
    const sent = request({ ...options, agent: false }, (response) => {
      let text = ''
      response
        .setEncoding('utf8')
        .on('data', (chunk) => (text += chunk))
        .on('error', fail)
      response.on('end', () => done({ status: response.statusCode ?? 0, body: text }))
    })
    sent.on('error', fail).on('timeout', () => sent.destroy(new Error(`no answer from ${host}`)))
    if (body) body.on('error', (error) => sent.destroy(error)).pipe(sent)
    else sent.end()
  })
}

/** @param {string} host */
function socketOf(host) {
  if (host.startsWith('unix://')) return host.slice('unix://'.length)
  throw new Error(`'${host}' is not the address of a local engine: it must start with unix://`)
}

/**
 * @param {string} host
 * @param {AbortSignal | undefined} [signal]
 */
export async function isUp(host, signal) {
  try {
    return (await ask(host, { path: '/_ping', signal, timeout: 2000 })).status === 200
  } catch {
    return false
  }
}

/**
 * @param {string} host
 * @param {AbortSignal | undefined} [signal]
 * @returns {Promise<{ version: string, apiVersion: string }>}
 */
export async function versionOf(host, signal) {
  const { body } = await ask(host, { path: '/version', signal, timeout: 10_000 })
  const { Version, ApiVersion } = JSON.parse(body)
  return { version: String(Version), apiVersion: String(ApiVersion) }
}
