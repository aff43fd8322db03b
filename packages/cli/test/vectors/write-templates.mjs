// @ts-check
// Writes templates.json anew: what docker prints for each template in it, when an Engine answers with the object of that
// type. A new one needs no more than its type and template. `node packages/cli/test/vectors/write-templates.mjs DOCKER`, where DOCKER is what
// `npm run engine -- docker` prints.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [docker = 'docker'] = process.argv.slice(2)
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
const { objects, vectors: asked } = read('templates.json')

const PATHS = {
  container: '/containers/',
  image: '/images/',
  network: '/networks/',
  volume: '/volumes/',
  plugin: '/plugins/',
}

const server = createServer((request, response) => {
  response.setHeader('Api-Version', '1.51')
  const found = Object.entries(PATHS).find(([, path]) => request.url?.includes(path))
  response.setHeader('content-type', 'application/json')
  response.end(found === undefined ? 'OK' : JSON.stringify(objects[found[0]]))
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())

/** @returns {Promise<{ stdout: string, stderr: string, code: number }>} */
function ask(/** @type {string} */ type, /** @type {string} */ template) {
  const env = {
    ...process.env,
    DOCKER_HOST: `tcp://127.0.0.1:${port}`,
    DOCKER_CONFIG: '/nonexistent',
    TZ: 'UTC',
  }
  return new Promise((resolve) => {
    execFile(docker, ['inspect', '--type', type, '-f', template, 'x'], { env }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: Number(error?.code ?? 0) })
    })
  })
}

const vectors = []
for (const { type, template } of asked) {
  const { stdout, stderr, code } = await ask(type, template)
  const error = stderr.replace(/^template parsing error: |\n$/g, '')
  vectors.push(code === 0 ? { type, template, prints: stdout.replace(/\n$/, '') } : { type, template, error })
}
server.close()
const lines = vectors.map((vector) => `    ${JSON.stringify(vector)}`).join(',\n')
const shown = JSON.stringify(objects, null, 2).replace(/\n/g, '\n  ')
writeFileSync(
  new URL('templates.json', import.meta.url),
  `{\n  "objects": ${shown},\n  "vectors": [\n${lines}\n  ]\n}\n`,
)
console.log(`${vectors.length} templates`)
