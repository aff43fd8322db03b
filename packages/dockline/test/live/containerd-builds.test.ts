import assert from 'node:assert/strict'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { BuildError, type BuildOptions, type BuildResult, DockerClient } from '#src/index.js'
import { bytesOf, listTar, temporaryFolder, writeFiles } from '../support/archives.js'
import { anEngineName, canStartEngines, startEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { PATIENT } from '../support/patience.js'
import { aRegistry } from '../support/registry.js'

const LOGIN = { username: 'me', password: 's3cret' }
const BOTH = ['linux/amd64', 'linux/arm64']
const SECRET = 'v4lue-that-is-secret'

/** What Engines can do that keep their images in containerd's store, as those of 29 do. */
describe("a build on an Engine with containerd's image store", {
  ...PATIENT,
  skip: canStartEngines ? false : 'making Engines needs root on Linux',
}, () => {
  let client: DockerClient
  let [open, closed] = ['', '']
  const ends: (() => unknown)[] = []
  const owner = { after: (end: () => unknown) => void ends.unshift(end) }
  /** The registries that credentials were looked up for. */
  const asked: string[] = []

  before(async () => {
    const flags = ['--suite', 'sid', '--feature', 'containerd-snapshotter=true']
    const { host, pid } = await startEngine(owner, anEngineName('containerd'), flags)
    const find = (registry: string) => {
      asked.push(registry)
      return registry === closed ? LOGIN : undefined
    }
    client = new DockerClient({ host, credentials: { for: find } })
    open = (await aRegistry(owner, pid)).address
    closed = (await aRegistry(owner, pid, LOGIN)).address
  })

  after(async () => {
    await client.close()
    for (const end of ends) await end()
  })

  const build = (options: BuildOptions): Promise<BuildResult> =>
    client.images.build({ ...options, builder: 'buildkit' })

  it('has an image for several platforms, with annotations and provenance, in the store and in a registry', async () => {
    const context = await aContext({ Dockerfile: 'FROM scratch\nCOPY a /\n', a: 'a' })
    const name = `${closed}/several:1`
    const annotations = { 'org.example.kind': 'test', 'index:org.example.level': 'index' }
    const built = await build({
      context,
      tag: name,
      platform: BOTH,
      annotations,
      provenance: 'max',
      push: true,
    })
    assert.deepEqual([built.names, built.imageId], [[name], built.digest])
    const descriptor = built.metadata['containerimage.descriptor'] as { mediaType: string; digest: string }
    assert.equal(descriptor.mediaType, 'application/vnd.oci.image.index.v1+json')
    const data = await client.images.getRegistryData(name)
    assert.equal(data.id, built.digest)
    for (const platform of BOTH) {
      assert.equal(await data.hasPlatform(platform), true)
      const provenance = await client.builds.provenance(built.ref ?? '', { platform })
      assert.match(JSON.stringify(provenance), /buildType/)
    }
    assert.equal(await client.builds.provenance(built.ref ?? '', { platform: 'linux/s390x' }), undefined)
    // A push asks for each blob, and a helper of the docker command is not to be run for each of them.
    assert.deepEqual(asked.filter((registry) => registry === closed).length, 2)
    const blobs = (await listTar(await client.images.save(name))).map(({ content }) => content)
    for (const text of [
      /"org\.example\.level": ?"index"/,
      /"org\.example\.kind": ?"test"/,
      /slsa\.dev\/provenance\//,
    ])
      assert.ok(
        blobs.some((blob) => text.test(blob)),
        `the image has no ${text}`,
      )
  })

  it('is an OCI archive, an archive for docker load, or a folder that is a context of another build', async () => {
    const folder = await temporaryFolder()
    const [oci, docker, layout] = ['oci.tar', 'docker.tar', 'layout'].map((name) =>
      join(folder, name),
    ) as Paths
    await mkdir(layout)
    const context = await aContext({
      Dockerfile: 'FROM scratch\nCOPY a /\nLABEL of=layout\n',
      a: 'in the layout',
    })
    const outputs = [
      { type: 'oci', dest: oci },
      { type: 'docker', dest: docker, attrs: { name: 'from-archive:1' } },
      { type: 'oci', dest: layout, attrs: { tar: false } },
    ] as const
    for (const output of outputs) await build({ context, outputs: output })
    const names = (await listTar(Readable.from([await readFile(oci)]))).map(({ name }) => name)
    assert.ok(names.includes('index.json') && names.includes('oci-layout'))
    const [loaded] = await client.images.load(await readFile(docker))
    assert.equal(loaded?.labels.of, 'layout')
    assert.deepEqual((await readdir(layout)).filter((name) => name !== 'ingest').sort(), [
      'blobs',
      'index.json',
      'oci-layout',
    ])
    const { log } = await build({
      dockerfileContent: 'FROM busybox\nRUN --mount=type=bind,from=base,target=/base cat /base/a\n',
      contexts: { base: `oci-layout://${layout}` },
      outputs: { type: 'none' },
      noCache: true,
    })
    assert.equal(log, 'in the layout')
  })

  it('finds its steps in a cache of a registry, of an image and of a folder', async () => {
    const dest = join(await temporaryFolder(), 'cache')
    const caches: Readonly<Record<string, [to: string, from: string, tag: string | undefined]>> = {
      registry: [`type=registry,ref=${open}/cache,mode=max`, `type=registry,ref=${open}/cache`, undefined],
      inline: ['type=inline', `${open}/inline:1`, `${open}/inline:1`],
      local: [`type=local,dest=${dest},mode=max`, `type=local,src=${dest}`, undefined],
    }
    for (const [kind, [to, from, tag]] of Object.entries(caches)) {
      const dockerfileContent = `FROM busybox\nRUN echo ${kind} ${Math.random()} | tee /made\n`
      const target = tag === undefined ? { outputs: { type: 'none' } as const } : { tag, push: true }
      const stored = await build({ dockerfileContent, cacheTo: [to], ...target })
      assert.match(stored.log, new RegExp(`^${kind}`))
      if (tag !== undefined) await client.images.remove(tag, { force: true })
      await client.images.pruneBuilds({ all: true })
      const again = await build({ dockerfileContent, cacheFrom: [from], outputs: { type: 'none' } })
      assert.equal(again.log, '', `the cache of type ${kind} was not used`)
    }
  })

  it('says nothing of its secrets in the image, its history and provenance, and the records of the Engine', async () => {
    const dockerfileContent =
      'FROM busybox\nARG A\nRUN --mount=type=secret,id=s wc -c < /run/secrets/s > /length\n'
    const secrets = { s: SECRET }
    const {
      image,
      ref = '',
      ...built
    } = await build({
      dockerfileContent,
      secrets,
      provenance: 'max',
      tag: 'with-secret:1',
      noCache: true,
    })
    const logs = []
    for await (const status of client.builds.logs(ref)) logs.push(status)
    const records = [
      ...[
        await bytesOf(await client.images.save('with-secret:1')),
        await image.history(),
        image.attrs,
        built,
      ],
      ...[await client.builds.get(ref), await client.builds.provenance(ref), logs],
      await client.buildCache.usage(),
    ]
    assert.match(JSON.stringify(records[5]), /buildDefinition|buildType/)
    for (const [at, record] of records.entries()) {
      const bytes = Buffer.isBuffer(record) ? record : Buffer.from(JSON.stringify(record))
      for (const text of [SECRET, Buffer.from(SECRET).toString('base64').replaceAll('=', '')])
        assert.ok(!bytes.includes(text), `record ${at} has the secret`)
    }
  })

  it('has the commit and the remote of a git repository in its provenance', async () => {
    const folder = await aContext({ 'app/Dockerfile': 'FROM scratch\nCOPY Dockerfile /\n' })
    const commit = 'ab'.repeat(20)
    await writeFiles(join(folder, '.git'), {
      HEAD: 'ref: refs/heads/main\n',
      'packed-refs': `# pack-refs with: peeled\n${commit} refs/heads/main\n`,
      config: '[remote "origin"]\n\turl = https://me:s3cret@git.example.com/app.git\n',
    })
    const { ref = '' } = await build({ context: join(folder, 'app'), provenance: 'max', tag: 'of-git:1' })
    const text = JSON.stringify(await client.builds.provenance(ref))
    for (const part of [commit, 'https://git.example.com/app.git', '"localdir:context":"app"'])
      assert.ok(text.includes(part), `${part} is not in ${text}`)
    assert.ok(!text.includes('s3cret'))
  })

  it('has the list of contents that a scanner made of it, in the index of the image', async () => {
    const generator = `${open}/scanner:1`
    const files = { scan: SCANNER }
    const dockerfileContent = 'FROM busybox\nCOPY --chmod=755 scan /\nENTRYPOINT ["/scan"]\n'
    await build({ dockerfileContent, files, tag: generator, push: true, provenance: false })
    const context = await aContext({ Dockerfile: 'FROM scratch\nCOPY in /in\n', 'in/a': 'a', 'in/b': 'b' })
    const { digest = '' } = await build({ context, sbom: { generator }, tag: 'with-sbom:1' })
    const entries = await listTar(await client.images.save('with-sbom:1'))
    const blobs = new Map(entries.map(({ name, content }) => [name, content]))
    const read = ({ digest }: Blob) => JSON.parse(String(blobs.get(`blobs/${digest.replace(':', '/')}`)))
    const attestation = read({ digest }).manifests.find(
      ({ annotations }: Blob) => annotations?.['vnd.docker.reference.type'] === 'attestation-manifest',
    )
    const sbom = read(attestation).layers.find(
      ({ annotations }: Blob) => annotations?.['in-toto.io/predicate-type'] === 'https://spdx.dev/Document',
    )
    assert.equal(read(sbom).predicate.name, './in/a ./in/b')
  })

  it('names the scanner that a list of contents needs where there is none', async () => {
    const failure = await failureOf(
      build({ dockerfileContent: 'FROM busybox\n', sbom: { generator: 'scanner.invalid/x:1' } }),
    )
    assert.ok(failure instanceof BuildError, String(failure))
    assert.match(failure.message, /scanner\.invalid\/x:1/)
  })
})

/** A scanner as BuildKit runs it: it is told where the files are, and where its document goes. */
const SCANNER = `#!/bin/sh
cd "$BUILDKIT_SCAN_SOURCE"
cat > "$BUILDKIT_SCAN_DESTINATION/$(basename "$BUILDKIT_SCAN_SOURCE").spdx.json" <<END
{
  "_type": "https://in-toto.io/Statement/v0.1",
  "predicateType": "https://spdx.dev/Document",
  "predicate": { "spdxVersion": "SPDX-2.3", "name": "$(echo $(find . -type f | sort))" }
}
END
`

interface Blob {
  readonly digest: string
  readonly annotations?: Readonly<Record<string, string>>
}

type Paths = [string, string, string]

async function aContext(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder()
  await writeFiles(folder, files)
  return folder
}
