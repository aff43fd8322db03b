import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as api from '#src/doors/api.js'
import * as syntax from '#src/doors/syntax.js'
import * as main from '#src/index.js'
import * as terminal from '#src/terminal/index.js'

const doors = { main, api, syntax, terminal }

describe('the doors of the library', () => {
  it('have no name in common, so that no name means two things', () => {
    const names = Object.values(doors).flatMap((door) => Object.keys(door))
    const twice = names.filter((name, index) => names.indexOf(name) !== index)
    assert.deepEqual(twice, [])
  })

  it("have docker's strings and the Engine's API apart from what people use", () => {
    assert.ok('DockerClient' in main && !('ApiClient' in main) && !('parseReference' in main))
    assert.ok('ApiClient' in api && 'path' in api)
    assert.ok('parseReference' in syntax && 'parsePorts' in syntax && 'FrameDecoder' in syntax)
  })
})
