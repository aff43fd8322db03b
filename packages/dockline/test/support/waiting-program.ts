// Runs in the network of an Engine, where its published ports are, and prints what became of each wait as one line of JSON.
import { DockerClient } from '#src/index.js'
import { failureOf } from './failure.js'

const [host = '', image = '', label = ''] = process.argv.slice(2)
await using client = new DockerClient({ host })

const run = (script: string) =>
  client.containers.run(image, ['sh', '-c', script], {
    detach: true,
    init: true,
    labels: { [label]: '' },
    ports: ['80/tcp'],
  })

const silent = await run('sleep 600')
const web = await run('mkdir /web; echo hello > /web/index.html; sleep 0.5; httpd -f -p 80 -h /web')
try {
  const refused = failureOf(silent.waitFor({ port: 80, timeout: '2s' }))
  await web.waitFor({ port: 80, http: { body: /hello/ }, timeout: '60s' })
  const url = await web.url(80, { path: '/index.html' })
  const { ok } = await fetch(url)
  const missing = await web.waitFor({ http: { path: '/none', status: 404 }, timeout: '60s' })
  const error = (await refused) as { readonly unmet?: unknown }
  console.log(JSON.stringify({ url, ok, missing: missing.lines.length, unmet: error.unmet }))
} finally {
  await Promise.all([silent, web].map((container) => container.remove({ force: true })))
}
