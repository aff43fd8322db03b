import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseTemplate } from '../../dist/template/index.js'
import { interpretedTemplate } from '../../dist/template/interpreted.js'
import { parse } from '../../dist/template/parse.js'
import { PlainTemplate } from '../../dist/template/plain.js'
import { runTemplate } from '../../dist/template/run.js'
import { goValue } from '../../dist/template/values.js'

const FIELDS = { ID: 'abc', Names: 'web', Empty: '', Wide: '日本語', Markup: '<a & b>' }

describe('a template of plain fields', () => {
  const plain = [
    '{{.ID}}',
    '{{.ID}}\t{{.Names}}',
    'id {{ .ID }}, named {{.Names  }}}} !',
    'no field at all',
    '',
    '{{.Empty}}{{.Wide}}{{.Markup}}',
  ]
  for (const text of plain) {
    it(`needs no interpreter, and prints what that would: ${JSON.stringify(text)}`, () => {
      const templates = parse(text)
      const interpreted = runTemplate(templates, goValue(FIELDS), {})
      assert.equal(PlainTemplate.of(text)?.render(FIELDS), interpreted)
    })
  }
  const others = [
    '{{.ID | upper}}',
    '{{upper .ID}}',
    '{{if .ID}}x{{end}}',
    '{{range .ID}}{{end}}',
    '{{with .ID}}{{.}}{{end}}',
    '{{.}}',
    '{{.ID.Length}}',
    '{{$x := .ID}}{{$x}}',
    '{{$.ID}}',
    '{{"text"}}',
    '{{.Label "a"}}',
    '{{define "x"}}{{end}}{{template "x"}}',
    '{{(.ID)}}',
    '{{- .ID -}}',
    '{{/* a comment */}}{{.ID}}',
    '{{{.ID}}',
    '{{.ID}',
    '{{.1}}',
    '{{.Größe}}',
  ]
  for (const text of others) {
    it(`is none that does more: ${text}`, () => assert.equal(PlainTemplate.of(text), undefined))
  }
  it('names its fields as the interpreter does', () => {
    for (const text of plain) {
      const { fields, labels } = interpretedTemplate(text, '')
      assert.deepEqual([parseTemplate(text).fields, parseTemplate(text).labels], [fields, labels])
    }
  })
  it('leaves to the interpreter what is no text', () => {
    const template = parseTemplate('{{.Count}} {{.Flag}}')
    assert.equal(template.render({ fields: { Count: 7, Flag: true } }), '7 true')
  })
  it('leaves to the interpreter to refuse a field that is not there', () => {
    assert.throws(
      () => parseTemplate('{{.Nope}}').render({ fields: FIELDS }),
      /no field \.Nope; the fields are ID,/,
    )
    assert.throws(
      () => parseTemplate('{{.constructor}}').render({ fields: FIELDS }),
      /no field \.constructor/,
    )
  })
  it('reads each field only when it is printed', () => {
    const fields = {
      ID: 'abc',
      get Slow(): string {
        throw new Error('nobody asked for it')
      },
    }
    assert.equal(parseTemplate('{{.ID}}').render({ fields }), 'abc')
  })
})
