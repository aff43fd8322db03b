import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const DIST = new URL('../../dist/', import.meta.url)
/** What takes longer with every character would take hours. */
const LIMIT_MS = 120_000

/** In a process of its own, since nothing can stop a pattern that has gone astray. */
async function evaluated(module: string, name: string, script: string): Promise<string> {
  const source = `
    const { ${name} } = await import(${JSON.stringify(new URL(module, DIST).href)})
    const LONG = 1_000_000
    const told = (act) => { try { return JSON.stringify(act()) } catch (error) { return error.code } }
    ${script}`
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], {
    timeout: LIMIT_MS,
    cwd: fileURLToPath(DIST),
  })
  return (await run).stdout.trim()
}

describe('a text of a million characters', { concurrency: true }, () => {
  it('is an image name or none at one look', async () => {
    const refused = await evaluated(
      'support/reference.js',
      'parseReference',
      `const bad = ['a', 'A', 'a-', 'a.', 'a_', '-', '_', 'A.', 'A-', '1', '.', ':', ':1', 'a:1', '/', 'a/', 'A/', '[', 'a@', 'sha256:', '-a', '[:']
        .flatMap((part) => ['!', '/!', '/a!', ':1/!', ':', '@', '/a:!', '/a@sha256:!'].map((end) => part.repeat(LONG / part.length) + end))
      console.log(bad.filter((name) => told(() => parseReference(name)) !== 'ERR_DOCKER_INVALID_ARGUMENT').map((name) => name.slice(0, 20)))`,
    )
    assert.equal(refused, '[]')
  })

  it('is a path or the address of an Engine at one look', async () => {
    const paths = await evaluated(
      'archive/copy.js',
      'isContent',
      `console.log(['/', './', '/.'].map((part) => [false, true].map((windows) => isContent(part.repeat(LONG / 2) + 'x', windows))).flat().join())`,
    )
    assert.equal(paths, 'false,false,false,false,false,false')
    const addresses = await evaluated(
      'transport/endpoint.js',
      'endpointOf',
      `console.log(endpointOf('tcp://box:1/' + '/'.repeat(LONG) + 'x' + '/'.repeat(LONG)).basePath.length)`,
    )
    assert.equal(addresses, '1000002')
  })

  it('in an ignore file is matched at one look, however many folders it leaves open', async () => {
    const matched = await evaluated(
      'archive/ignore-pattern.js',
      'globPattern',
      `const path = 'a/'.repeat(500)
      const globs = ['**/a/'.repeat(30) + '**/b', '**/a*/'.repeat(30) + '**/b', '**/*a/'.repeat(30) + '**b', 'a*'.repeat(100) + 'b']
      console.log(globs.map((glob) => [glob, glob.slice(0, -1) + 'a'].map((each) => globPattern(each, false).matches(path + 'a'))).join())`,
    )
    assert.equal(matched, 'false,true,false,true,false,true,false,false')
  })
})
