import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { it, type TestContext } from 'node:test'
import { ApiError, ConflictError, type Image, ImageLoadError, ImageNotFoundError } from '#src/index.js'
import { listTar } from '../support/archives.js'
import { aContainer, IMAGE, LABEL, onceFree, onEveryEngine, type TestEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { PATIENT } from '../support/patience.js'

onEveryEngine((engine) => {
  const { client } = engine

  it('gives an image more names, and takes them away again', async (test) => {
    const image = await anImage(test, engine)
    const [first, second] = [aName('tag'), `${aName('tag')}-2`]
    await image.tag(first)
    await client.images.tag(first, `${second}:v1`)
    await image.reload()
    assert.deepEqual(new Set(image.tags), new Set([`${first}:latest`, `${second}:v1`]))
    assert.ok((await failureOf(image.remove())) instanceof ConflictError)
    assert.deepEqual(await client.images.remove(first), [{ Untagged: `${first}:latest` }])
    const removed = await image.remove()
    assert.deepEqual(removed[0], { Untagged: `${second}:v1` })
    assert.ok(removed.some(({ Deleted }) => Deleted === image.id))
    assert.ok((await failureOf(image.reload())) instanceof ImageNotFoundError)
  })

  it('lists in one request what a name stands for', async (test) => {
    const image = await anImage(test, engine)
    const name = aName('list')
    await image.tag(`${name}:v1`)
    const [listed, ...more] = await client.images.list({ name })
    assert.deepEqual(more, [])
    assert.deepEqual([listed?.id, listed?.tags, listed?.attrs], [image.id, [`${name}:v1`], undefined])
    assert.equal(listed?.labels[LABEL], 'image')
    assert.match(listed?.shortId ?? '', /^sha256:[\da-f]{12}$/)
  })

  it('tells what an image was made of', async () => {
    const image = await client.images.get(IMAGE)
    const [newest] = await image.history()
    assert.equal(newest?.Id, image.id)
    assert.deepEqual((await image.inspect()).RootFS, image.attrs?.RootFS)
  })

  it('saves several images into one tar and loads them again', async (test) => {
    const [one, two] = [await anImage(test, engine), await anImage(test, engine)]
    const names = [`${aName('save')}:1`, `${aName('save')}:2`] as const
    await one.tag(names[0])
    await two.tag(names[1])
    const tar = await buffer(await client.images.save(names))
    for (const name of names) await client.images.remove(name)
    assert.deepEqual(await client.images.list({ name: aName('save') }), [])
    const states = new Set<string>()
    const load = client.images.load(tar)
    for await (const { layers } of load.progress()) for (const { state } of layers) states.add(state)
    const loaded = await load
    assert.deepEqual(loaded.flatMap(({ tags }) => tags).sort(), names)
    assert.deepEqual(new Set(loaded.map(({ id }) => id)), new Set([one.id, two.id]))
    assert.deepEqual(
      [...states].filter((state) => state !== 'loading'),
      [],
    )
  })

  it('saves an image without a name, with it, and from a stream into a stream', async (test) => {
    const image = await anImage(test, engine)
    const name = `${aName('stream')}:latest`
    await image.tag(name)
    await image.reload()
    const nameless = await manifestOf(await buffer(await image.save()))
    assert.equal(nameless[0]?.RepoTags, null)
    const named = await manifestOf(await buffer(await image.save({ named: true })))
    assert.deepEqual(named[0]?.RepoTags, [name])
    const [loaded] = await client.images.load(await image.save({ named: name }))
    assert.equal(loaded?.id, image.id)
  })

  it('refuses to load what is no archive of images', async () => {
    const failure = await failureOf(client.images.load(Buffer.alloc(3000, 'no tar at all')))
    assert.ok(failure instanceof ImageLoadError, String(failure))
  })

  it('imports a root file system, with and without a name', async (test) => {
    const container = await aContainer(test, engine, ['true'])
    const tar = await container.export()
    const name = aName('import')
    const image = await client.images.import(tar, {
      repository: `${name}:v1`,
      changes: ['CMD ["echo", "hi"]'],
    })
    test.after(() => image.remove({ force: true }).catch(() => {}))
    assert.deepEqual([image.tags, image.attrs?.Config?.Cmd], [[`${name}:v1`], ['echo', 'hi']])
    assert.equal((await client.containers.run(image.id, undefined, { remove: true })).stdout, 'hi\n')
    const nameless = await client.images.import(Buffer.alloc(1024))
    test.after(() => nameless.remove({ force: true }).catch(() => {}))
    assert.deepEqual(nameless.tags, [])
  })

  it('prunes what has no name, by its label', async (test) => {
    const image = await anImage(test, engine, `LABEL ${LABEL}=prune-${process.pid}`)
    const filters = { label: `${LABEL}=prune-${process.pid}` }
    const { ImagesDeleted, SpaceReclaimed } = await onceFree(() => client.images.prune({ filters }))
    assert.ok(ImagesDeleted?.some(({ Deleted }) => Deleted === image.id))
    assert.equal(typeof SpaceReclaimed, 'number')
    assert.deepEqual(
      (await onceFree(() => client.images.prune({ filters, all: true }))).ImagesDeleted ?? [],
      [],
    )
  })

  it('clears the build cache', async () => {
    const { SpaceReclaimed } = await client.images.pruneBuilds({
      keepStorage: '100g',
      filters: { until: '87600h' },
    })
    assert.equal(typeof SpaceReclaimed, 'number')
  })

  it('rejects a search where Docker Hub cannot be reached', async (test) => {
    const search = client.images.search('busybox', { limit: 1, ...PATIENT })
    const failure = await search.then(
      () => undefined,
      (error) => error,
    )
    // The throwaway Engines have no way out; others may.
    if (failure === undefined) return test.skip('this Engine reaches Docker Hub')
    assert.ok(failure instanceof ApiError, String(failure))
    assert.match(failure.explanation, /index\.docker\.io/)
  })
})

let made = 0

/** An image of its own, without a name and gone after the test. */
async function anImage(test: TestContext, { client }: TestEngine, change?: string): Promise<Image> {
  made += 1
  // What differs, so that no two are one image.
  const changes = [change ?? `LABEL ${LABEL}=image`, `ENV MADE=${process.pid}.${made}`]
  const image = await client.images.import(Buffer.alloc(1024), { changes })
  test.after(() => image.remove({ force: true }).catch(() => {}))
  return image
}

function aName(what: string): string {
  return `${LABEL}-${what}-${process.pid}`
}

async function manifestOf(tar: Buffer): Promise<{ RepoTags: string[] | null }[]> {
  const entries = await listTar(
    (async function* () {
      yield tar
    })(),
  )
  return JSON.parse(entries.find(({ name }) => name === 'manifest.json')?.content ?? '[]')
}
