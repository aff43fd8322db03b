import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import {
  ContainerError,
  type InspectedContainer,
  InvalidArgumentError,
  LimitError,
  NotFoundError,
  OutputLimitError,
} from '#src/index.js'
import {
  aContainer,
  aRunningContainer,
  aSharedContainer,
  IMAGE,
  LABEL,
  onEveryEngine,
  onEveryPodman,
  onNewestEngine,
  type TestEngine,
} from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { waitFor } from '../support/patience.js'

const FILES = {
  'a.txt': 'text',
  'bin/run.sh': { data: Buffer.from('#!/bin/sh\n'), mode: 0o750 },
}

onEveryEngine((engine) => {
  describe('the files of a container', () => {
    it('are written and read in its own file system', async () => {
      const container = await aSharedContainer(engine)
      await writeAndRead(container, '/srv/app')
      assert.equal(await ownersIn(container, '/srv/app'), '0/0 0/0 0/0 0/0')
      await container.writeFiles('/srv/app', { named: { data: '', user: 'nobody' } })
      const { stdout } = await container.exec(['stat', '-c', '%u/%g', '/srv/app/named'])
      assert.equal(stdout, '65534/65534\n')
    })

    it('are written and read in the tmpfs of a read-only container without rights', async (test) => {
      const container = await aSandbox(test, engine)
      await writeAndRead(container, '/work/app')
      assert.equal(await ownersIn(container, '/work/app'), '1000/1000 1000/1000 1000/1000 1000/1000')
      const readOnly = await failureOf(container.writeFiles('/etc', { a: '' }))
      assert.match(String(readOnly), /rootfs is marked read-only/)
      const error = await failureOf(container.copyTo(Buffer.from(''), '/work/copied'))
      assert.ok(error instanceof InvalidArgumentError && /tmpfs \/work/.test(error.message), String(error))
      // A tar that is not read to its end is not left. It ends when the Engine has seen that nobody reads it.
      await container.exec(['sh', '-c', 'head -c 5000000 /dev/zero > /work/large'])
      assert.ok((await failureOf(container.readFile('/work/large', { maxBytes: 10 }))) instanceof LimitError)
      await waitFor(async () => !(await container.exec(['ps'])).stdout.includes('tar -c') || undefined)
    })

    it('are written before its start and read after its end', async (test) => {
      const container = await aContainer(test, engine, ['cp', '/in/a', '/out'], { tmpfs: { '/work': '' } })
      await container.writeFiles('/in', { a: 'first' }, { parents: true })
      const error = await failureOf(container.writeFiles('/work', { a: '' }))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      await container.start()
      await container.wait()
      assert.equal(await container.readFile('/out', { encoding: 'utf8' }), 'first')
    })

    it('in a tmpfs are out of reach when the image has no tar, which is said', async () => {
      const container = await aSharedContainer(engine)
      await container.writeFiles('/dev/shm', { a: 'x' })
      await container.exec(['mv', '/bin/tar', '/bin/no-tar'])
      for (const call of [
        () => container.writeFiles('/dev/shm', { a: '' }),
        () => container.readFile('/dev/shm/a'),
        () => container.readFiles('/dev/shm/*'),
      ]) {
        const error = await failureOf(call())
        assert.ok(error instanceof ContainerError, String(error))
        assert.match(error.message, /its image has no tar/)
      }
      await container.exec(['mv', '/bin/no-tar', '/bin/tar'])
    })
  })
})

onNewestEngine((engine) => {
  describe('maxOutput', () => {
    it('ends an exec with kill, and a run, that would write for ever', async (test) => {
      const container = await aSandbox(test, engine)
      const exec = await failureOf(container.exec(['yes'], { maxOutput: 10, kill: true }))
      assert.ok(exec instanceof OutputLimitError, String(exec))
      assert.equal(exec.stdout, 'y\n'.repeat(5))
      assert.doesNotMatch((await container.exec(['ps'])).stdout, /yes/)
      const options = { labels: { [LABEL]: '' }, network: 'host', logDriver: 'none', maxOutput: 10 }
      const run = await failureOf(engine.client.containers.run(IMAGE, ['yes'], options))
      assert.ok(run instanceof OutputLimitError, String(run))
      const left = await engine.client.containers.get(run.container ?? '')
      assert.equal(left.status, 'exited')
      await left.remove()
      const gone = await failureOf(engine.client.containers.run(IMAGE, ['yes'], { ...options, remove: true }))
      assert.ok(gone instanceof OutputLimitError, String(gone))
      const found = await failureOf(engine.client.containers.get(gone.container ?? ''))
      assert.ok(found instanceof NotFoundError, String(found))
    })
  })
})

onEveryPodman((engine) => {
  it('the files of a container are written and read, also in a tmpfs', async (test) => {
    const container = await aSandbox(test, engine)
    await writeAndRead(container, '/work/app')
    await container.writeFiles('/dev/shm', { a: 'shared' })
    assert.equal(await container.readFile('/dev/shm/a', { encoding: 'utf8' }), 'shared')
  })
})

/** All that can be done with files, in a folder that is not there yet. */
async function writeAndRead(container: InspectedContainer, folder: string): Promise<void> {
  assert.ok((await failureOf(container.writeFiles(folder, { a: '' }))) instanceof NotFoundError)
  const stream = Readable.from(['a ', 'stream'])
  await container.writeFiles(folder, { ...FILES, 'stream.txt': stream }, { parents: true })
  await container.mkdir(`${folder}/made/deep`, { parents: true, mode: 0o700 })
  assert.ok((await failureOf(container.mkdir(`${folder}/made`))) instanceof InvalidArgumentError)
  assert.deepEqual(await container.readFile(`${folder}/a.txt`), Buffer.from('text'))
  await container.exec(['ln', '-s', 'a.txt', `${folder}/link.txt`])
  assert.deepEqual(await container.readFiles(`${folder}/*.txt`, { encoding: 'utf8' }), {
    'a.txt': 'text',
    'link.txt': 'text',
    'stream.txt': 'a stream',
  })
  const found = ['a.txt', 'link.txt', 'made/deep', 'nothing'].map((name) =>
    container.exists(`${folder}/${name}`),
  )
  assert.deepEqual(await Promise.all(found), [true, true, true, false])
  const { stdout } = await container.exec(['stat', '-c', '%a', `${folder}/bin/run.sh`, `${folder}/made/deep`])
  assert.equal(stdout, '750\n700\n')
  assert.ok((await failureOf(container.readFile(`${folder}/nothing`))) instanceof NotFoundError)
}

async function ownersIn(container: InspectedContainer, folder: string): Promise<string> {
  const names = ['a.txt', 'bin', 'bin/run.sh', 'made'].map((name) => `${folder}/${name}`)
  const { stdout } = await container.exec(['stat', '-c', '%u/%g', ...names])
  return stdout.trim().replaceAll('\n', ' ')
}

/** A container in which little may be done. */
function aSandbox(test: TestContext, engine: TestEngine): Promise<InspectedContainer> {
  return aRunningContainer(test, engine, ['sleep', '600'], {
    readOnly: true,
    tmpfs: { '/work': '' },
    user: '1000:1000',
    capDrop: ['ALL'],
    securityOpt: ['no-new-privileges'],
  })
}
