import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newStep } from '#src/buildkit/steps.js'
import { BuildBar } from '#src/models/images/builds/progress.js'

describe('the bar of a build', () => {
  it('is not full when the Dockerfile is read, nor before the export', () => {
    const bar = new BuildBar()
    const read = done('[internal] load build definition from Dockerfile')
    assert.equal(bar.advance([read], true), 0)
    assert.equal(bar.advance([read, done('[1/2] FROM busybox'), newStep('2')], true), 1 / 3)
    const built = [read, done('[1/2] FROM busybox'), done('[2/2] RUN true')]
    assert.equal(bar.advance(built, true), 2 / 3)
    assert.equal(bar.advance([...built, done('exporting to image')], true), 1)
  })

  it('is full with the last step where nothing is exported', () => {
    assert.equal(new BuildBar().advance([done('[1/1] RUN true')], false), 1)
  })

  it('never goes back when more steps become known', () => {
    const bar = new BuildBar()
    assert.equal(bar.advance([done('[1/2] FROM busybox')], true), 1 / 2)
    assert.equal(bar.advance([done('[1/2] FROM busybox'), newStep('2'), newStep('3')], true), 1 / 2)
  })
})

function done(name: string) {
  return { ...newStep(name), name, completed: new Date(0) }
}
