// `dockline build` finds the context and the Dockerfile by the rules of docker.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { buildSource } from '../../dist/build-context.js'
import { Cli } from '../../dist/cli.js'
import { aFolder } from '../support/scripted-engine.js'

const DOCKERFILE = 'FROM busybox\n'
const ADDRESS = 'https://git.example.com/app.git'

describe('the context of a build', () => {
  it('is a folder, also where its name looks like an address', async (test) => {
    const folder = await aFolder(test)
    await mkdir(join(folder, 'github.com/me/app'), { recursive: true })
    const before = process.cwd()
    process.chdir(folder)
    test.after(() => process.chdir(before))
    assert.deepEqual(await buildSource(aCli(), 'github.com/me/app', undefined), {
      context: join(process.cwd(), 'github.com/me/app'),
    })
    assert.deepEqual(await buildSource(aCli(), 'github.com/me/other', undefined), {
      remote: 'github.com/me/other',
      dockerfile: undefined,
    })
  })

  it('is an address with a Dockerfile of this machine, where the path of that is absolute', async (test) => {
    const file = join(await aFolder(test), 'Dockerfile')
    await writeFile(file, DOCKERFILE)
    assert.deepEqual(await buildSource(aCli(), ADDRESS, file), {
      remote: ADDRESS,
      dockerfileContent: DOCKERFILE,
    })
    assert.deepEqual(await buildSource(aCli(), ADDRESS, 'docker/Dockerfile'), {
      remote: ADDRESS,
      dockerfile: 'docker/Dockerfile',
    })
  })

  it('goes with a Dockerfile that is fetched', async (test) => {
    const folder = await aFolder(test)
    const url = await aFileServer(test)
    assert.deepEqual(await buildSource(aCli(), folder, `${url}/Dockerfile`), {
      context: folder,
      dockerfileContent: DOCKERFILE,
    })
    await assert.rejects(buildSource(aCli(), folder, `${url}/other`), {
      message: `failed to fetch the Dockerfile from ${url}/other: 404 Not Found`,
    })
    const withSecrets = `${url.replace('//', '//me:s3cret@')}/other?token=s3cret`
    await assert.rejects(buildSource(aCli(), folder, withSecrets), {
      message: `failed to fetch the Dockerfile from ${url}/other: 404 Not Found`,
    })
  })

  it('has one Dockerfile, and not another on stdin', async () => {
    await assert.rejects(buildSource(aCli(DOCKERFILE), '-', 'Other'), {
      message: 'ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles',
    })
    assert.deepEqual(await buildSource(aCli(DOCKERFILE), '-', undefined), { dockerfileContent: DOCKERFILE })
  })
})

function aCli(input = ''): Cli {
  const streams = {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: process.stdout,
    stderr: process.stderr,
  }
  return new Cli({}, { streams, builtIn: new Set() })
}

async function aFileServer(test: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/Dockerfile' ? 200 : 404
    response.end(request.url === '/Dockerfile' ? DOCKERFILE : '')
  })
  test.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
