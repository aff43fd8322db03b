import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConfigFile } from 'dockline/syntax'
import { pruneFilters } from '../../dist/commands/pruning.js'
import { settingsIn } from '../../dist/config-settings.js'

/** Settings of config.json, some of them of the wrong type. */
const read = (text: string) => settingsIn(JSON.parse(text) as ConfigFile)

describe('the settings of config.json', () => {
  it('are those of the file where they are what they should be', () => {
    const text = '{"psFormat":"{{.ID}}","detachKeys":"ctrl-x","auths":{},"plugins":{"a":{}}}'
    assert.deepEqual(read(text), [JSON.parse(text), undefined])
  })

  it('lack what is no text, and docker has words for the first of it', () => {
    for (const [value, kind] of [
      ['5', 'number'],
      ['true', 'bool'],
      ['[]', 'array'],
      ['{}', 'object'],
    ]) {
      assert.deepEqual(read(`{"psFormat":${value},"detachKeys":7,"credsStore":"pass"}`), [
        { credsStore: 'pass' },
        `cannot unmarshal ${kind} into Go struct field ConfigFile.psFormat of type string`,
      ])
    }
  })

  it('have only the texts of the list of filters', () => {
    const type = 'of type'
    for (const [list, kept, fault] of [
      ['["label=x"]', { pruneFilters: ['label=x'] }, undefined],
      [
        '["label=x",1]',
        { pruneFilters: ['label=x'] },
        `number into ConfigFile.pruneFilters.1 ${type} string`,
      ],
      ['[null,"a"]', { pruneFilters: ['a'] }, undefined],
      ['"label=x"', {}, `string into Go struct field ConfigFile.pruneFilters ${type} []string`],
      ['null', {}, undefined],
    ] as const) {
      assert.deepEqual(read(`{"pruneFilters":${list}}`), [kept, fault && `cannot unmarshal ${fault}`])
    }
  })

  it('keep from pruning what has a value', () => {
    const config = { pruneFilters: ['keep', 'label=x', 'label!=y'] }
    assert.deepEqual(pruneFilters({ config }, ['label=y']), { label: ['y', 'x'] })
  })

  it('lack what is null, without a word', () => {
    assert.deepEqual(read('{"psFormat":null,"currentContext":"box"}'), [{ currentContext: 'box' }, undefined])
  })

  it('of others are left alone', () => {
    assert.deepEqual(read('{"theirFormat":5}'), [{ theirFormat: 5 }, undefined])
  })
})
