// Whom a runtime asks whether an Engine is the right one: run by Node, Bun and Deno alike. Prints it as JSON.
import { join } from 'node:path'
import { DockerClient, type TlsOptions } from 'dockline'

const [host = '', folder = ''] = process.argv.slice(2)
const file = (name: string) => join(folder, name)
const files = { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') }
const asked: string[] = []

await pinged((name, { subject }) => void asked.push(name, String(subject.CN)))
const refused = await pinged(() => new Error('another fingerprint')).catch((error: Error) => error)
const { name, cause } = refused as Error & { readonly cause?: Error }
console.log(JSON.stringify({ asked, name, cause: cause?.message }))

async function pinged(checkServerIdentity: NonNullable<TlsOptions['checkServerIdentity']>): Promise<unknown> {
  await using client = new DockerClient({ host, env: {}, tls: { ...files, checkServerIdentity } })
  return await client.ping()
}
