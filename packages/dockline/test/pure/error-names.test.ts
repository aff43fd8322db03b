import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type * as Errors from '#src/errors.js'

const ERRORS = fileURLToPath(new URL('../../dist/errors.js', import.meta.url))

it('the name of an error stays whole in a program whose class names are shortened', async () => {
  const bundle = await rolldown({ input: ERRORS, external: [/^node:/] })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const code = Buffer.from(output[0].code).toString('base64')
  const errors = (await import(`data:text/javascript;base64,${code}`)) as typeof Errors
  assert.notEqual(errors.InvalidArgumentError.name, 'InvalidArgumentError')
  assert.equal(new errors.InvalidArgumentError('why').name, 'InvalidArgumentError')
  assert.equal(new errors.StreamError('why').name, 'StreamError')
  assert.equal(new errors.ImageLoadError('why').name, 'ImageLoadError')
  class OwnError extends errors.StreamError {}
  assert.equal(new OwnError('why').name, 'OwnError')
})
