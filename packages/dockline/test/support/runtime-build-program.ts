// A build with a secret, much that is sent and much that comes back: run by Node, Bun and Deno alike. Prints what it found
// as JSON.
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuildError, DockerClient } from 'dockline'

const [host = '', unnamable = '', megabytes = ''] = process.argv.slice(2)
const client = new DockerClient({ host })
const folder = await mkdtemp(join(tmpdir(), 'dockline-runtime-'))
const large = Buffer.alloc(Number(megabytes) * 1_000_000, `${Math.random()}`)
const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
try {
  await writeFile(join(folder, 'large'), large)
  const dockerfile =
    'FROM busybox\nRUN --mount=type=secret,id=s wc -c < /run/secrets/s > /size\nCOPY large /\n'
  await writeFile(join(folder, 'Dockerfile'), dockerfile)
  const built = await client.images.build({
    context: folder,
    builder: 'buildkit',
    noCache: true,
    secrets: { s: 'four' },
    outputs: join(folder, 'out'),
  })
  // Its error is larger than some runtimes take in one piece.
  const filler = `# ${'x'.repeat(98)}\n`.repeat(10_000)
  const failure = await client.images
    .build({ dockerfileContent: `FROM busybox\n${filler}RUN exit 9\n`, builder: 'buildkit', noCache: true })
    .then(
      () => Promise.reject(new Error('it did not fail')),
      (error: unknown) => error as BuildError,
    )
  const refusal = await client.images
    .build({ context: unnamable, dockerfileContent: 'FROM scratch\nCOPY . /\n', builder: 'buildkit' })
    .then(String, String)
  const found = {
    builder: built.builder,
    size: (await readFile(join(folder, 'out/size'), 'utf8')).trim(),
    isSame: sha(await readFile(join(folder, 'out/large'))) === sha(large),
    exitCode: failure.exitCode,
    refusesNames: /the name of .* is not valid UTF-8/.test(refusal),
  }
  console.log(JSON.stringify(found))
} finally {
  await rm(folder, { recursive: true })
  await client.close()
}
