import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'

const DIST = new URL('../../dist/', import.meta.url)
/** What takes longer with every character would take hours. */
const LIMIT_MS = 120_000

/** In a process of its own, since nothing can stop a pattern that has gone astray. */
async function evaluated(module: string, name: string, script: string): Promise<string> {
  const source = `
    const { ${name} } = await import(${JSON.stringify(new URL(module, DIST).href)})
    const LONG = 1_000_000
    ${script}`
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], {
    timeout: LIMIT_MS,
  })
  return (await run).stdout.trim()
}

describe('a text of a million characters', { concurrency: true }, () => {
  it('is a number of CPUs or none at one look', async () => {
    const script = `try { billionths('1'.repeat(LONG) + 'x') } catch (error) { console.log(error.name) }`
    assert.equal(await evaluated('flags/create/option.js', 'billionths', script), 'UsageError')
  })

  it('is a moment at one look', async () => {
    const script = `console.log(goMoment('2026-01-01T00:00:00.' + '0'.repeat(LONG) + '1Z').length)`
    assert.equal(await evaluated('go/time.js', 'goMoment', script), '1000031')
  })

  it('is a template at one look, with as many actions and blanks', async () => {
    const script = `
      const words = parseTemplate('{{.A}}\\n'.repeat(LONG / 10))
      console.log(words.fields.length, parseTemplate(' '.repeat(LONG) + 'x{{- ""}}').render({ fields: {} }).length)`
    assert.equal(await evaluated('template/index.js', 'parseTemplate', script), '100000 1000001')
  })

  it('is a format of a list at one look', async () => {
    const script = `console.log(unescaped('x' + ' '.repeat(LONG) + 'x').length)`
    assert.equal(await evaluated('output/list.js', 'unescaped', script), '1000002')
  })
})

describe('a table of many rows', () => {
  it('is laid out however many there are', async () => {
    const script = `
      const row = (index) => ({ fields: { ID: 'c' + index, Names: 'web-' + index } })
      const layout = { columns: ['ID', 'Names'], id: 'ID', headers: { ID: 'ID', Names: 'NAMES' } }
      const text = formatList(Array.from({ length: 150_000 }, (_, index) => row(index)), layout, { quiet: false })
      console.log(text.split('\\n').length, text.split('\\n').at(-2))`
    assert.equal(await evaluated('output/list.js', 'formatList', script), '150002 c149999   web-149999')
  })

  it('has an image with many names in it', async () => {
    const script = `
      const RepoTags = Array.from({ length: 200_000 }, (_, index) => 'web:' + index)
      const image = { Id: 'sha256:a', RepoTags, Created: 1, Size: 1, SharedSize: -1, Containers: -1 }
      console.log(imageRows(image, { truncate: true, digests: false, linePerDigest: false }).length)`
    assert.equal(await evaluated('output/image-rows.js', 'imageRows', script), '200000')
  })
})
