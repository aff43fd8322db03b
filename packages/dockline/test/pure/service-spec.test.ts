import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { serviceOptionNames, serviceSpec } from '#src/models/swarm/service-spec.js'
import { serviceVectors } from '../support/service-vectors.js'

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}

describe('options of a service become the spec', () => {
  for (const { options, spec } of serviceVectors) {
    test(JSON.stringify(options), () => {
      assert.deepEqual(serviceSpec(options.spec ?? {}, freeze(options)), spec)
    })
  }

  test('every option has a vector, but for what is looked up', () => {
    const tried = new Set(serviceVectors.flatMap(({ options }) => Object.keys(options)))
    assert.deepEqual([...tried, 'secrets', 'configs'].sort(), [...serviceOptionNames].sort())
  })

  test('undefined is as good as not given', () => {
    const options = Object.fromEntries(serviceOptionNames.map((name) => [name, undefined]))
    assert.deepEqual(serviceSpec({}, options), { TaskTemplate: {} })
  })

  test('secrets and configs are taken as they were looked up', () => {
    const references = { secrets: [{ SecretID: 's' }], configs: [{ ConfigID: 'c' }] }
    const { TaskTemplate } = serviceSpec({}, {}, references)
    assert.deepEqual(TaskTemplate, {
      ContainerSpec: { Secrets: [{ SecretID: 's' }], Configs: [{ ConfigID: 'c' }] },
    })
  })
})
