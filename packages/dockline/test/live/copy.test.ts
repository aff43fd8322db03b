import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { type Container, InvalidArgumentError, NotFoundError } from '#src/index.js'
import { aContainer, aRunningContainer, aSharedContainer, onEveryEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { NOWHERE } from '../support/nowhere.js'

onEveryEngine((engine) => {
  describe('container.copyTo', () => {
    it('copies a file under its own name or another, over what is there', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aSharedContainer(engine)])
      await writeFile(join(folder, 'a.txt'), 'one')
      await container.copyTo(join(folder, 'a.txt'), '/tmp')
      await container.copyTo(join(folder, 'a.txt'), '/tmp/b.txt')
      assert.equal(await contentOf(container, '/tmp/a.txt', '/tmp/b.txt'), 'oneone')
      await writeFile(join(folder, 'a.txt'), 'two')
      await container.copyTo(join(folder, 'a.txt'), '/tmp/b.txt')
      assert.equal(await contentOf(container, '/tmp/a.txt', '/tmp/b.txt'), 'onetwo')
    })

    it('tells how many bytes of the tar have gone, in both directions', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aSharedContainer(engine)])
      await writeFile(join(folder, 'a.txt'), 'x'.repeat(100_000))
      const told: number[] = []
      const onProgress = (bytes: number) => void told.push(bytes)
      await container.copyTo(join(folder, 'a.txt'), '/tmp', { onProgress })
      assert.deepEqual(
        told,
        told.toSorted((a, b) => a - b),
      )
      assert.ok((told.at(-1) ?? 0) > 100_000)
      told.length = 0
      await container.copyFrom('/tmp/a.txt', join(folder, 'b.txt'), { onProgress })
      assert.ok((told.at(-1) ?? 0) > 100_000)
      assert.ok(
        (await failureOf(container.copyFrom('/nope', folder, { onProgress }))) instanceof NotFoundError,
      )
    })

    it('copies a folder, or only what is in it', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aRunningContainer(test, engine)])
      await mkdir(join(folder, 'src/deep'), { recursive: true })
      await writeFile(join(folder, 'src/deep/file'), 'x')
      await symlink('deep/file', join(folder, 'src/link'))
      await container.copyTo(join(folder, 'src'), '/tmp')
      await container.copyTo(join(folder, 'src'), '/new')
      await container.copyTo(`${join(folder, 'src')}/.`, '/opt-not-there')
      await container.copyTo(`${join(folder, 'src')}/./`, '/home')
      const { stdout } = await container.exec([
        'find',
        '/tmp',
        '/new',
        '/opt-not-there',
        '/home',
        '-name',
        'file',
      ])
      assert.deepEqual(stdout.trim().split('\n').sort(), [
        '/home/deep/file',
        '/new/deep/file',
        '/opt-not-there/deep/file',
        '/tmp/src/deep/file',
      ])
      assert.equal((await container.exec(['readlink', '/home/link'])).stdout, 'deep/file\n')
    })

    it('writes what is in memory, and tells where no name is given', async (test) => {
      const container = await aContainer(test, engine, ['cat', '/etc/app.conf'])
      await container.copyTo(Buffer.from('key=1\n'), '/etc/app.conf', { mode: 0o600 })
      assert.equal((await container.copyFrom('/etc/app.conf')).toString(), 'key=1\n')
      for (const path of ['/etc', '/nowhere/']) {
        const error = await failureOf(container.copyTo(Buffer.from(''), path))
        assert.ok(error instanceof InvalidArgumentError, String(error))
      }
    })

    it('follows a link in the container to where it leads', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aSharedContainer(engine)])
      await container.exec(['sh', '-c', 'mkdir /real && ln -s /real /link && ln -s ../real/named /tmp/name'])
      await writeFile(join(folder, 'f'), 'x')
      await container.copyTo(join(folder, 'f'), '/link')
      await container.copyTo(join(folder, 'f'), '/tmp/name')
      assert.equal(await contentOf(container, '/real/f', '/real/named'), 'xx')
    })

    it('unpacks a tar, such as another container gives', async (test) => {
      const [from, to] = [await aContainer(test, engine, ['true']), await aSharedContainer(engine)]
      await from.copyTo(Buffer.from('moved'), '/root/moved')
      const tar = new PassThrough()
      await Promise.all([from.copyFrom('/root/moved', tar), to.copyTo(tar, '/tmp')])
      assert.equal(await contentOf(to, '/tmp/moved'), 'moved')
    })

    it('refuses what docker cp refuses', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aSharedContainer(engine)])
      await writeFile(join(folder, 'f'), '')
      await container.exec(['mknod', '/device', 'c', '1', '3'])
      for (const [source, path, message] of [
        [folder, '/etc/passwd', /cannot copy directory/],
        [join(folder, 'f'), '/nowhere/', /no such directory/],
        [folder, '/nowhere/.', /no such directory/],
        [join(folder, 'f'), '/device', /is a device/],
        [join(folder, 'missing'), '/tmp', /missing cannot be read: no such file or directory$/],
      ] as const) {
        assert.match(String(await failureOf(container.copyTo(source, path))), message)
      }
    })
  })

  describe('container.copyFrom', () => {
    it('copies files and folders to this machine', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aSharedContainer(engine)])
      const script = 'mkdir -p /d/e && echo -n x > /d/e/f && chmod 640 /d/e/f && ln -s e/f /d/l'
      await container.exec(['sh', '-c', script])
      await container.copyFrom('/d/e/f', folder)
      await container.copyFrom('/d/e/f', join(folder, 'named'))
      await container.copyFrom('/d', folder)
      await container.copyFrom('/d', join(folder, 'renamed'))
      await container.copyFrom('/d/./', folder)
      assert.deepEqual((await readdir(folder, { recursive: true })).sort(), [
        ...['d', 'd/e', 'd/e/f', 'd/l', 'e', 'e/f', 'f', 'l', 'named'],
        ...['renamed', 'renamed/e', 'renamed/e/f', 'renamed/l'],
      ])
      assert.equal(await readFile(join(folder, 'd/e/f'), 'utf8'), 'x')
      assert.equal((await stat(join(folder, 'd/e/f'))).mode & 0o777, 0o640)
      assert.equal(await readlink(join(folder, 'd/l')), 'e/f')
    })

    it('copies a link, or what it leads to', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aSharedContainer(engine)])
      await container.exec(['sh', '-c', 'echo -n x > /tmp/f && ln -s f /tmp/l'])
      await container.copyFrom('/tmp/l', join(folder))
      assert.equal(await readlink(join(folder, 'l')), 'f')
      await rm(join(folder, 'l'))
      await container.copyFrom('/tmp/l', folder, { followLink: true })
      assert.equal(await readFile(join(folder, 'l'), 'utf8'), 'x')
      assert.equal((await container.copyFrom('/tmp/l')).toString(), 'x')
    })

    it('goes where a link of this machine leads, and keeps the link', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aContainer(test, engine, ['true'])])
      await symlink('target', join(folder, 'link'))
      for (const source of ['/etc/passwd', '/etc/group']) {
        await container.copyFrom(source, join(folder, 'link'))
        assert.equal(
          await readFile(join(folder, 'target'), 'utf8'),
          (await container.copyFrom(source)).toString(),
        )
      }
      assert.equal(await readlink(join(folder, 'link')), 'target')
    })

    it('keeps names that are no text, pipes and devices, both ways', async (test) => {
      const [folder, container] = await Promise.all([aFolder(test), aSharedContainer(engine)])
      const make = [
        'mkdir /a; cd /a; d="$(printf "d\\377")"; mkdir "$d"; echo x > "$d/$(printf "f\\200\\303\\251")"',
        'ln -s "$(printf "to\\376")" "$(printf "link\\375")"; ln "$d"/f* "$(printf "hard\\377")"',
        'mkfifo -m 640 "$(printf "pipe\\377")"; mknod -m 620 null c 1 3; mknod loop b 7 200',
        `echo long > "$(printf '%0120d\\377' 0)"`,
      ]
      const list = (path: string) => [
        'sh',
        '-c',
        `cd ${path}; find . -exec stat -c '%N %F %a %h %t %T' {} + | sort | od -c; cat d*/f*`,
      ]
      await container.exec(['sh', '-c', make.join('; ')])
      await container.copyFrom('/a', folder)
      const hex = (await readdir(join(folder, 'a'), { encoding: 'buffer' })).map((name) =>
        name.toString('hex'),
      )
      assert.ok(hex.includes(Buffer.from('d\xff', 'latin1').toString('hex')), String(hex))
      await container.copyTo(join(folder, 'a'), '/b')
      const [before, after] = [await container.exec(list('/a')), await container.exec(list('/b'))]
      assert.equal(after.stdout, before.stdout)
    })

    it('gives a tar to a stream', async (test) => {
      const container = await aContainer(test, engine, ['true'])
      const stream = new PassThrough()
      const [tar] = await Promise.all([buffer(stream), container.copyFrom('/etc', stream)])
      assert.ok(tar.includes('etc/passwd'))
    })

    it('rejects for a path that is not there, or is no file', async (test) => {
      const container = await aContainer(test, engine, ['true'])
      assert.ok((await failureOf(container.copyFrom('/nowhere'))) instanceof NotFoundError)
      assert.ok((await failureOf(container.copyFrom('/etc'))) instanceof InvalidArgumentError)
      const missing = await failureOf(container.copyFrom('/etc/passwd', join(NOWHERE, 'x')))
      assert.ok(missing instanceof Error)
    })
  })
})

async function contentOf(container: Container, ...paths: readonly string[]): Promise<string> {
  return (await container.exec(['cat', ...paths])).output
}

async function aFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-copy-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
