// Go's templates: what docker 28.5 printed for each of these, from an Engine that answers with the same objects. The file
// is written by test/vectors/write-templates.mjs.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { parseLossless } from '../../dist/go/lossless-json.js'
import { inspectionBy } from '../../dist/inspect.js'
import { parseTemplate } from '../../dist/template/index.js'

interface Vector {
  readonly type: keyof typeof TYPES
  readonly template: string
  readonly prints?: string
  readonly error?: string
}

const TYPES = {
  container: 'container.InspectResponse',
  image: 'image.InspectResponse',
  network: 'network.Inspect',
  volume: 'volume.Volume',
  plugin: '*types.Plugin',
}
const file = new URL('../../test/vectors/templates.json', import.meta.url)
const text = await readFile(file, 'utf8')
const { vectors } = JSON.parse(text) as { vectors: readonly Vector[] }
const objects = (parseLossless(text) as ReadonlyMap<string, ReadonlyMap<string, unknown>>).get('objects')

describe('a template', () => {
  for (const { type, template, prints, error } of vectors) {
    const shown = JSON.stringify(template)
    if (prints === undefined) {
      it(`is refused as docker refuses it: ${shown}`, async () => {
        const reason = await printed(type, template).then(
          (text) => `nothing is wrong with it, and it prints ${text}`,
          (failure: Error) =>
            failure.message.replace(/^(failed to parse template|template parsing error): /, ''),
        )
        assert.equal(withoutAddresses(reason), withoutAddresses(error ?? ''))
      })
    } else {
      it(`of ${type} prints what docker prints: ${shown}`, async () => {
        assert.equal(withoutAddresses(await printed(type, template)), withoutAddresses(prints))
      })
    }
  }
})

async function printed(type: Vector['type'], template: string): Promise<string> {
  const show = await inspectionBy(parseTemplate(template))
  return show(objects?.get(type), TYPES[type])
}

/** A pointer inside of something is printed as where it points to. */
function withoutAddresses(text: string): string {
  return text.replace(/0x[0-9a-f]{8,}/g, '0xADDRESS')
}
