import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { tarOf, temporaryFolder, writeFiles } from '../support/archives.js'
import { onEveryEngine } from '../support/engines.js'
import { makeRepository, serveRepositories, startInNetwork } from '../support/git.js'
import { PATIENT } from '../support/patience.js'
import { enginePid } from '../support/registry.js'

const BUILDKIT = { builder: 'buildkit', noCache: true, outputs: { type: 'none' } } as const

/** Serves the files of a folder on a port that it prints. */
const SERVER = `
const { createServer } = require('node:http')
const { readFileSync } = require('node:fs')
createServer(({ url }, response) => response.end(readFileSync(process.argv[1] + url)))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port) })
`

onEveryEngine(({ client, host }) => {
  it('takes its context, or its Dockerfile alone, from a web server', PATIENT, async (test) => {
    const pid = await enginePid(host)
    // The Engine is somebody else's, and a server in its network cannot be made.
    if (pid === undefined) return
    const folder = await temporaryFolder()
    const dockerfile = 'FROM busybox\nCOPY a /\nRUN cat /a\n'
    await writeFile(
      join(folder, 'tar'),
      await tarOf([
        { name: 'Dockerfile', body: dockerfile },
        { name: 'a', body: 'in the tar' },
      ]),
    )
    await writeFile(join(folder, 'Dockerfile'), 'FROM busybox\nRUN echo from a URL\n')
    const port = await startInNetwork(test, pid, [process.execPath, '-e', SERVER, folder])
    const url = (name: string) => `http://127.0.0.1:${port}/${name}`
    assert.equal((await client.images.build({ context: url('tar'), ...BUILDKIT })).log, 'in the tar')
    assert.equal((await client.images.build({ context: url('Dockerfile'), ...BUILDKIT })).log, 'from a URL\n')
  })

  for (const scheme of ['git', 'http'] as const) {
    it(`takes its context from a git repository over ${scheme}, by its branch`, PATIENT, async (test) => {
      const pid = await enginePid(host)
      if (pid === undefined) return
      const folder = await temporaryFolder()
      const repository = join(folder, 'app.git')
      await writeFiles(repository, {
        Dockerfile: 'FROM busybox\nCOPY a /\nRUN cat /a\n',
        a: `over ${scheme}`,
      })
      await makeRepository(repository)
      const context = `${await serveRepositories(test, pid, { folder, scheme })}/app.git#main`
      const { log } = await client.images.build({ context, ...BUILDKIT })
      assert.ok(log.endsWith(`over ${scheme}`), log)
    })
  }
})
