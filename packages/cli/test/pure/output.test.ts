import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { PortSummary } from 'dockline/api'
import { goJson, indentedJson, plainJson } from '../../dist/go/json.js'
import { parseLossless } from '../../dist/go/lossless-json.js'
import { quoted } from '../../dist/go/quote.js'
import { ansiTime, goDuration, goTime } from '../../dist/go/time.js'
import { zoneOf } from '../../dist/go/zone.js'
import { containerRow } from '../../dist/output/container-row.js'
import { humanDuration } from '../../dist/output/duration.js'
import { eventLine } from '../../dist/output/event-line.js'
import { imageRows } from '../../dist/output/image-rows.js'
import { formatList, type ListLayout } from '../../dist/output/list.js'
import { displayPorts } from '../../dist/output/ports.js'
import { binarySize, humanSize } from '../../dist/output/size.js'
import { chartLines, chartWidth } from '../../dist/output/stats-chart.js'
import { formatTable } from '../../dist/output/table.js'
import { ellipsis, familiarName } from '../../dist/output/words.js'
import { parseTemplate } from '../../dist/template/index.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('a duration', () => {
  const rows: [number, string][] = [
    [999, 'Less than a second'],
    [SECOND, '1 second'],
    [59 * SECOND, '59 seconds'],
    [60 * SECOND, 'About a minute'],
    [119 * SECOND, 'About a minute'],
    [2 * MINUTE, '2 minutes'],
    [59.9 * MINUTE, '59 minutes'],
    [HOUR, 'About an hour'],
    [1.49 * HOUR, 'About an hour'],
    [1.5 * HOUR, '2 hours'],
    [47 * HOUR, '47 hours'],
    [48 * HOUR, '2 days'],
    [13 * DAY, '13 days'],
    [14 * DAY, '2 weeks'],
    [59 * DAY, '8 weeks'],
    [60 * DAY, '2 months'],
    [729 * DAY, '24 months'],
    [730 * DAY, '2 years'],
  ]
  for (const [milliseconds, words] of rows) {
    it(`of ${milliseconds} ms is told as '${words}'`, () => assert.equal(humanDuration(milliseconds), words))
  }
})

describe('a duration of Go', () => {
  const rows: [bigint, string][] = [
    [0n, '0s'],
    [1n, '1ns'],
    [1500n, '1.5µs'],
    [20_000_000n, '20ms'],
    [1_050_000_000n, '1.05s'],
    [10_000_000_000n, '10s'],
    [90_000_000_000n, '1m30s'],
    [3_600_000_000_000n, '1h0m0s'],
    [-5_400_500_000_000n, '-1h30m0.5s'],
    [9_223_372_036_854_775_807n, '2562047h47m16.854775807s'],
  ]
  for (const [nanoseconds, words] of rows) {
    it(`of ${nanoseconds} ns is ${words}`, () => assert.equal(goDuration(nanoseconds), words))
  }
})

describe('a size', () => {
  const rows: [number, string][] = [
    [0, '0B'],
    [2, '2B'],
    [999, '999B'],
    [1000, '1kB'],
    [1_984_512, '1.98MB'],
    [21_512_345, '21.5MB'],
    [999_900, '1MB'],
    [123_456_789_012, '123GB'],
    [2125, '2.12kB'],
    [21_350_000, '21.4MB'],
    [2375, '2.38kB'],
  ]
  for (const [bytes, words] of rows)
    it(`of ${bytes} bytes is told as ${words}`, () => assert.equal(humanSize(bytes), words))

  it('in units of 1024 that lies in the middle between two goes to the even one, as with Go', () => {
    assert.equal(binarySize(10_616_832), '10.12MiB')
    assert.equal(binarySize(10_747_904), '10.25MiB')
    assert.equal(binarySize(1_049_088), '1MiB')
  })
  it('can have four digits', () => assert.equal(humanSize(1_984_512, 4), '1.985MB'))
})

describe('the PORTS column', () => {
  const tcp = (PrivatePort: number, PublicPort?: number, IP?: string): PortSummary => ({
    PrivatePort,
    ...(PublicPort !== undefined && { PublicPort }),
    ...(IP !== undefined && { IP }),
    Type: 'tcp',
  })
  const rows: [string, PortSummary[], string][] = [
    ['is empty without ports', [], ''],
    ['shows an exposed port', [tcp(80)], '80/tcp'],
    ['makes a range of exposed neighbours', [tcp(6002), tcp(6000), tcp(6001)], '6000-6002/tcp'],
    ['begins a new range after a gap', [tcp(80), tcp(82), tcp(83)], '80/tcp, 82-83/tcp'],
    ['shows a mapping', [tcp(80, 8080, '0.0.0.0')], '0.0.0.0:8080->80/tcp'],
    [
      'makes a range of mappings to the same port',
      [tcp(8081, 8081, '0.0.0.0'), tcp(8080, 8080, '0.0.0.0')],
      '0.0.0.0:8080-8081->8080-8081/tcp',
    ],
    [
      'puts mappings between different ports last',
      [tcp(80, 8080, '0.0.0.0'), tcp(90), tcp(8080, 8080, '0.0.0.0')],
      '90/tcp, 0.0.0.0:8080->8080/tcp, 0.0.0.0:8080->80/tcp',
    ],
    [
      'keeps addresses apart and puts IPv6 ones in brackets',
      [tcp(80, 80, '0.0.0.0'), tcp(80, 80, '::')],
      '0.0.0.0:80->80/tcp, [::]:80->80/tcp',
    ],
    [
      'keeps protocols apart',
      [tcp(53), { PrivatePort: 53, Type: 'udp' }, { PrivatePort: 54, Type: 'udp' }],
      '53/tcp, 53-54/udp',
    ],
  ]
  for (const [behaviour, ports, shown] of rows) it(behaviour, () => assert.equal(displayPorts(ports), shown))

  it('leaves the list it was given as it was', () => {
    const ports = [tcp(81), tcp(80)]
    displayPorts(ports)
    assert.deepEqual(ports, [tcp(81), tcp(80)])
  })
})

describe('words', () => {
  it('are cut to the length with an ellipsis as the last character', () => {
    assert.equal(ellipsis('12345', 5), '12345')
    assert.equal(ellipsis('123456', 5), '1234…')
    assert.equal(ellipsis('👍👍👍', 5), '👍👍…')
  })
  it('are cut by the columns they take, of which wide characters take two', () => {
    const rows: [text: string, cut: string][] = [
      ['中文字符宽度中文字符', '中文字符宽度中文字符'],
      ['中文字符宽度中文字符宽', '中文字符宽度中文字…'],
      ['a中文字符宽度中文字符', 'a中文字符宽度中文字…'],
      ['😀'.repeat(12), `${'😀'.repeat(9)}…`],
      ['ﾊﾝｶｸｶﾀｶﾅﾊﾝｶｸｶﾀｶﾅﾊﾝｶｸｶﾀｶﾅ', 'ﾊﾝｶｸｶﾀｶﾅﾊﾝｶｸｶﾀｶﾅﾊﾝｶ…'],
      // As docker has it, what combines counts.
      ['e\u0301'.repeat(11), `${'e\u0301'.repeat(9)}e…`],
    ]
    for (const [text, cut] of rows) assert.equal(ellipsis(text, 20), cut)
  })
  it('are quoted so that nothing in them reaches the terminal as it is', () => {
    const rows: [text: string, quoted: string][] = [
      ['\u009b31m \u202e \u007f \u0085', String.raw`"\u009b31m \u202e \x7f \u0085"`],
      ['\u0000\u0007\b\f\v\\', String.raw`"\x00\a\b\f\v\\"`],
      ['\u00a0\u200b\ufeff\u2028\u{e0001}', String.raw`"\u00a0\u200b\ufeff\u2028\U000e0001"`],
      ['é中😀…\u0301', '"é中😀…\u0301"'],
      ['\ud800', String.raw`"\ufffd"`],
    ]
    for (const [text, as] of rows) assert.equal(quoted(text), as)
  })
  it('are quoted as Go quotes', () => assert.equal(quoted('a "b"\t\u001b'), String.raw`"a \"b\"\t\x1b"`))
  it('in JSON escape what Go escapes', () =>
    assert.equal(goJson({ a: '<&>' }), String.raw`{"a":"\u003c\u0026\u003e"}`))
  it('lose docker.io/library/ and keep other registries', () => {
    assert.equal(familiarName('docker.io/library/alpine:3'), 'alpine:3')
    assert.equal(familiarName('docker.io/me/app'), 'me/app')
    assert.equal(familiarName('ghcr.io/library/app'), 'ghcr.io/library/app')
  })
  it('for a moment are those of Go', () => {
    assert.match(goTime(1_700_000_000), /^2023-11-1\d \d\d:\d\d:\d\d [+-]\d{4} \S+$/)
    assert.equal(ansiTime('2026-09-05T11:02:57.000000000+00:00'), 'Sat Sep  5 11:02:57 2026')
    assert.equal(ansiTime('no time'), 'no time')
  })
})

describe('a time zone', () => {
  const summer = Date.UTC(2024, 6, 1) / 1000
  const winter = Date.UTC(2024, 0, 15) / 1000
  const rows: readonly (readonly [tz: string, moment: number, seconds: number, name: string])[] = [
    ['Europe/Berlin', winter, 3600, 'CET'],
    ['Europe/Berlin', summer, 7200, 'CEST'],
    [':Europe/Berlin', summer, 7200, 'CEST'],
    ['Europe/Berlin', Date.UTC(2090, 6, 1) / 1000, 7200, 'CEST'],
    ['Asia/Kolkata', winter, 19_800, 'IST'],
    ['America/New_York', winter, -18_000, 'EST'],
    ['America/Sao_Paulo', winter, -10_800, '-03'],
    ['Australia/Lord_Howe', Date.UTC(2090, 0, 1) / 1000, 39_600, '+11'],
    ['UTC', winter, 0, 'UTC'],
    ['', winter, 0, 'UTC'],
    ['No/Where', winter, 0, 'UTC'],
    ['../../etc/passwd', winter, 0, 'UTC'],
  ]
  const skip = existsSync('/usr/share/zoneinfo/Europe/Berlin') ? false : 'no tz database'
  for (const [tz, moment, seconds, name] of rows) {
    it(`has the name that Go gives it: ${tz || "''"} is ${name} at ${moment}`, { skip }, () => {
      assert.deepEqual(zoneOf(tz)(moment), { seconds, name })
    })
  }
})

describe('a table', () => {
  it('has columns at least ten wide, three apart, and nothing behind the last', () => {
    assert.equal(
      formatTable('NAME\tA LONG HEADER\tLAST\na-long-name\tx\tthe end\n\t\t'),
      'NAME          A LONG HEADER   LAST\na-long-name   x               the end\n                              \n',
    )
  })
  it('has columns that end with the lines they are in, as those of docker', () => {
    assert.equal(
      formatTable('a\tb\na-long-name\n-\ta-longer-name\tx\n-\tb'),
      'a         b\na-long-name\n-         a-longer-name   x\n-         b\n',
    )
  })
  it('stands in line with characters that are wide, or that take no place', () => {
    assert.equal(
      formatTable('日本語日本語\tx\ncafe\u0301 au lait\tx\n1234567890…\tx\n👍👍\tx'),
      '日本語日本語   x\ncafe\u0301 au lait   x\n1234567890…    x\n👍👍           x\n',
    )
  })
})

describe('a format', () => {
  const layout: ListLayout = {
    columns: ['ID', 'Names'],
    id: 'ID',
    headers: { ID: 'CONTAINER ID', Names: 'NAMES', Ports: 'PORTS' },
  }
  const items = [{ fields: { ID: 'abc', Names: 'web', Ports: '80->80' }, labels: { 'a.build-time': 'noon' } }]
  const shown = (format: string | undefined, quiet = false) => formatList(items, layout, { format, quiet })

  it('without a name is the table', () =>
    assert.equal(shown(undefined), 'CONTAINER ID   NAMES\nabc            web\n'))
  it('json is one line of JSON for each', () => {
    assert.equal(shown('json'), '{"ID":"abc","Names":"web","Ports":"80-\\u003e80"}\n')
  })
  it('may be fields with text between them', () =>
    assert.equal(shown('{{.ID}}: {{ .Names }}!'), 'abc: web!\n'))
  it('may be JSON of all or of one field', () => {
    assert.equal(shown('{{json .}}'), shown('json'))
    assert.equal(shown('{{json .Names}}'), '"web"\n')
  })
  it('knows \\t and \\n', () => assert.equal(shown('{{.ID}}\\t{{.Names}}\\n'), 'abc\tweb\n\n'))
  it('of a table has headers, also for labels', () => {
    assert.equal(
      shown('table {{.Names}}\t{{.Label "a.build-time"}}'),
      'NAMES     build time\nweb       noon\n',
    )
  })
  it('takes an unknown label for empty', () => assert.equal(shown('[{{.Label "nope"}}]'), '[]\n'))
  it('of a table needs no blank', () => assert.equal(shown('table{{.Names}}'), 'NAMES\nweb\n'))
  it('with --quiet is the id', () => assert.equal(shown(undefined, true), 'abc\n'))
  it('raw is a block for each, where there is one; else a text like any other', () => {
    const raw = { item: 'id: {{.ID}}\nnames: {{.Names}}\n', id: 'id: {{.ID}}' }
    const block = (quiet: boolean) => formatList(items, { ...layout, raw }, { format: 'raw', quiet })
    assert.equal(block(false), 'id: abc\nnames: web\n\n')
    assert.equal(block(true), 'id: abc\n')
    assert.equal(shown('raw'), 'raw\n')
  })
  it('of an unknown field is refused, also without anything to list', () => {
    assert.throws(
      () => formatList([], layout, { format: '{{.Nope}}', quiet: false }),
      /no field \.Nope; the fields are ID, Names/,
    )
  })
  it('may go through what a field is made of, and decide', () => {
    assert.equal(
      shown('{{range split .Ports "->"}}[{{.}}]{{end}}{{if eq .Names "web"}} yes{{end}}'),
      '[80][80] yes\n',
    )
  })
  it('of a table has its headers through functions too, but for those that change words', () => {
    assert.equal(shown('table {{json .Names}}\t{{upper .ID}}'), 'NAMES     CONTAINER ID\n"web"     ABC\n')
  })
  it('that cannot be read is refused', () => {
    assert.throws(() => parseTemplate('{{range .}}x'), /unexpected EOF/)
    assert.throws(() => parseTemplate('{{.Names'), /unclosed action/)
    assert.throws(() => parseTemplate('{{template x}}'), /unexpected "x" in template clause/)
    assert.throws(() => parseTemplate('{{break}}'), /\{\{break\}\} outside \{\{range\}\}/)
  })
})

describe('a container', () => {
  it('shows only its own name unless nothing is to be cut', () => {
    const summary = { Names: ['/web/db', '/db'] }
    assert.equal(containerRow(summary, true).fields.Names, 'db')
    assert.equal(containerRow(summary, false).fields.Names, 'web/db,db')
  })
  it('shows its image without a digest, and a nameless one by its short id', () => {
    const id = `sha256:${'ab'.repeat(32)}`
    assert.equal(containerRow({ Image: `app:1@${id}` }, true).fields.Image, 'app:1')
    assert.equal(containerRow({ Image: id, ImageID: id }, true).fields.Image, 'abababababab')
    assert.equal(containerRow({ Image: '' }, true).fields.Image, '<no image>')
  })
  it('shows its command quoted and cut to twenty characters', () => {
    assert.equal(
      containerRow({ Command: "sh -c 'echo hi; exit 3'" }, true).fields.Command,
      `"sh -c 'echo hi; exi…"`,
    )
  })
  it('tells what it runs on in words, and in JSON by its parts', () => {
    const platform = { architecture: 'arm64', os: 'linux', variant: 'v8' }
    const row = containerRow({ ImageManifestDescriptor: { platform } }, true)
    const text = parseTemplate('{{.Platform}} {{json .Platform}} {{.Platform.OS}}').render(row)
    assert.equal(text, `linux/arm64/v8 ${JSON.stringify(platform)} linux`)
    assert.equal(parseTemplate('{{.Platform}}').render(containerRow({}, true)), '<nil>')
  })
})

describe('an image', () => {
  const digest = `sha256:${'cd'.repeat(32)}`
  const image = {
    Id: `sha256:${'ab'.repeat(32)}`,
    ParentId: '',
    Created: 1_700_000_000,
    Size: 1_984_512,
    SharedSize: -1,
    Labels: null,
    Containers: -1,
  }
  const names = (RepoTags: string[], RepoDigests: string[], digests: boolean) =>
    imageRows({ ...image, RepoTags, RepoDigests }, { truncate: true, digests, linePerDigest: digests }).map(
      ({ fields: { Repository, Tag, Digest } }) => [Repository, Tag, Digest].join(' '),
    )

  it('has a line for each tag', () => {
    assert.deepEqual(names(['a:1', 'localhost:5000/a:2'], [], false), [
      'a 1 <none>',
      'localhost:5000/a 2 <none>',
    ])
  })
  it('has the digest with its tag when it is asked for', () => {
    assert.deepEqual(names(['a:1'], [`a@${digest}`], true), [`a 1 ${digest}`])
    assert.deepEqual(names(['a:1'], [`a@${digest}`], false), ['a 1 <none>'])
  })
  it('has a line of its own for a digest without a tag', () => {
    assert.deepEqual(names([], [`a@${digest}`], true), [`a <none> ${digest}`])
  })
  it('without any name is <none>, in the words of old Engines too', () => {
    assert.deepEqual(names([], [], false), ['<none> <none> <none>'])
    assert.deepEqual(names(['<none>:<none>'], ['<none>@<none>'], false), ['<none> <none> <none>'])
  })
})

describe('JSON of an Engine', () => {
  it('keeps the order of names and numbers of any size', () => {
    const text = '{"10":1795311211398025023,"9":[-1.5,true,null,"<\\u00e4>"],"a":{},"b":[]}'
    assert.equal(plainJson(parseLossless(text)), text.replace('\\u00e4', 'ä'))
    assert.equal(
      indentedJson(parseLossless('{"a":[1],"b":{}}')),
      '{\n    "a": [\n        1\n    ],\n    "b": {}\n}',
    )
  })
  it('may have strings of any length, and with every escape', () => {
    const long = 'x\\"\\\\'.repeat(1_000_000)
    const value = parseLossless(JSON.stringify({ long, end: '\\', 'a"b': '"' }))
    assert.deepEqual(
      value,
      new Map([
        ['long', long],
        ['end', '\\'],
        ['a"b', '"'],
      ]),
    )
  })
  it('that is none is refused', () => {
    for (const text of ['"a', '"a\\"', '{"a\\', '{', '[1,]', '{"a" 1}', '1 2', 'nope', '{1:2}']) {
      assert.throws(() => parseLossless(text), SyntaxError, text)
    }
  })
})

describe('an event', () => {
  it('is told with nine digits of its second, and all that is known of it', () => {
    const event = parseLossless(
      '{"Type":"container","Action":"die","Actor":{"ID":"abc","Attributes":{"name":"web","exitCode":"3"}},"timeNano":1795311211398025023}',
    )
    const line = eventLine(event)
    assert.match(line, /^2026-11-2\dT\d\d:\d\d:31\.398025023(Z|[+-]\d\d:\d\d) container die abc /)
    assert.match(line, / \(exitCode=3, name=web\)$/)
  })

  it('without a time begins with its type', () => {
    const event = parseLossless('{"Type":"container","Action":"start","Actor":{"ID":"abc"}}')
    assert.equal(eventLine(event), 'container start abc')
  })

  it('may be of before 1970', () => {
    assert.match(eventLine(parseLossless('{"timeNano":-5}')), /^19(69|70)-\d\d-\d\dT\d\d:\d\d:59\.999999995/)
  })
})

describe('a chart of stats', () => {
  const history = {
    name: 'web',
    cpu: [0, 50, 100, 150],
    memory: [1024, 2048, 4096, 1024],
    memoryLimit: 1024 ** 3,
  }
  const area = { columns: 100, rows: 20, unicode: true }

  it('has CPU and memory side by side, with what they are now', () => {
    const [title = '', ...lines] = chartLines([history], area)
    assert.match(title, /^web {2}CPU 150\.00% +MEM 1KiB \/ 1GiB$/)
    assert.match(lines.join('\n'), /150%┤[\s\S]*4KiB┤/)
    assert.ok(lines.every((line) => line.length <= area.columns))
  })
  it('has nothing but ASCII where the terminal has no more', () => {
    const text = chartLines([history], { ...area, unicode: false }).join('\n')
    assert.match(text, /^[\n -~]+$/)
  })
  it('counts the containers that do not fit', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ ...history, name: `web-${index}` }))
    const lines = chartLines(many, area)
    assert.equal(lines.at(-1), 'and 7 more')
    assert.ok(lines.length <= area.rows)
  })
  it('shows the newest of more than it has room for', () => {
    const long = { ...history, cpu: [...Array<number>(500).fill(900), ...Array<number>(200).fill(1)] }
    assert.doesNotMatch(chartLines([long], area).join('\n'), /900/)
    assert.ok(chartWidth(area) < 200)
  })
})
