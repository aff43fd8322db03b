import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SolveStatus } from 'dockline/types'
import { PlainPrinter } from '../../dist/build/progress/plain.js'
import { rawJson } from '../../dist/build/progress/raw-json.js'
import { at, BEGIN, log, step, task, together, warning } from '../support/build-reports.js'

/** What is printed when each report comes at its time, in seconds, and is printed at once. */
function printed(...reports: readonly (readonly [seconds: number, report: SolveStatus])[]): string {
  const printer = new PlainPrinter()
  const texts = reports.map(([seconds, report]) => {
    printer.add(report, BEGIN + seconds * 1000)
    return printer.print(BEGIN + seconds * 1000)
  })
  const [last = 0] = reports.at(-1) ?? []
  return [...texts, printer.end(BEGIN + last * 1000)].join('')
}

describe('the plain progress of a build', () => {
  it('numbers steps as they are printed, with their tasks, logs and times', () => {
    const text = printed(
      [0, step('load')],
      [
        1,
        together(
          step('load', { from: 0, to: 0.1 }),
          task('load', 'transferring:', { current: 294, from: 0, to: 0.05 }),
        ),
      ],
      [2, step('RUN a', { from: 1 })],
      [3, log('RUN a', 'one\ntwo\n', 2.5)],
      [4, step('RUN a', { from: 1, to: 3.25 })],
      [5, step('COPY b', { from: 3, to: 3, cached: true })],
    )
    assert.equal(
      text,
      `#1 load
#1 transferring: 294B 0.1s done
#1 DONE 0.1s

#2 RUN a
#2 1.500 one
#2 1.500 two
#2 DONE 2.2s

#3 COPY b
#3 CACHED
`,
    )
  })

  it('says nothing of a step that has not begun', () => {
    assert.equal(printed([0, step('RUN later')]), '')
  })

  it('puts a line together that comes in parts, also where a character is cut', () => {
    const letter = Buffer.from('ü')
    const text = printed(
      [0, step('RUN a', { from: 0 })],
      [1, log('RUN a', Buffer.concat([Buffer.from('par'), letter.subarray(0, 1)]), 1)],
      [2, log('RUN a', Buffer.concat([letter.subarray(1), Buffer.from('t\nnext')]), 2)],
      [3, step('RUN a', { from: 0, to: 3 })],
    )
    assert.equal(text, '#1 RUN a\n#1 1.000 parüt\n#1 2.000 next\n#1 DONE 3.0s\n')
  })

  it('breaks a line that is not complete when another step is shown', () => {
    const text = printed(
      [0, step('RUN a', { from: 0 })],
      [1, log('RUN a', 'begin', 1)],
      [2, step('RUN b', { from: 1, to: 2 })],
      [3, log('RUN a', ' end\n', 3)],
      [4, step('RUN a', { from: 0, to: 4 })],
    )
    assert.equal(
      text,
      `#1 RUN a
#1 1.000 begin
#1 ...

#2 RUN b
#2 DONE 1.0s

#1 RUN a
#1 1.000 begin end
#1 DONE 4.0s
`,
    )
  })

  it('shows one of two busy steps at a time, and the other when it has waited for ten seconds', () => {
    const both = together(step('RUN a', { from: 0 }), step('RUN b', { from: 0 }))
    const text = printed(
      [0, both],
      [1, log('RUN a', 'a1\n', 1)],
      [2, log('RUN b', 'b1\n', 2)],
      [3, log('RUN a', 'a2\n', 3)],
      [13, log('RUN a', 'a3\n', 13)],
    )
    const [, after = ''] = text.split('a3\n')
    assert.match(text, /a1\n(?:.*\n)*?.*a2\n(?:.*\n)*?.*a3/)
    assert.doesNotMatch(text.slice(0, text.indexOf('a2')), /b1/)
    assert.match(after, /#1 \.\.\.\n\n#2 RUN b\n#2 2\.000 b1\n/)
  })

  it('shows a task again for each twentieth of it, each five seconds, and at its end', () => {
    const of = (current: number, seconds: number) =>
      task('FROM', 'sha256:a', { current, total: 1000, from: 0, seconds })
    const text = printed(
      [0, together(step('FROM', { from: 0 }), of(0, 0))],
      [1, of(49, 1)],
      [2, of(50, 2)],
      [3, of(60, 3)],
      [8, of(61, 8)],
      [9, task('FROM', 'sha256:a', { current: 1000, total: 1000, from: 0, to: 9 })],
    )
    assert.equal(
      text,
      `#1 FROM
#1 sha256:a 0B / 1.00kB
#1 sha256:a 50B / 1.00kB 2.0s
#1 sha256:a 61B / 1.00kB 8.0s
#1 sha256:a 1.00kB / 1.00kB 9.0s done
`,
    )
  })

  it('does not end a step while a task of it is open', () => {
    const open = task('export', 'layers', { from: 0 })
    const text = printed(
      [0, together(step('export', { from: 0, to: 1 }), open)],
      [1, task('export', 'layers', { from: 0, to: 1 })],
    )
    assert.equal(text, '#1 export\n#1 layers\n#1 layers 1.0s done\n#1 DONE 1.0s\n')
  })

  it('prints warnings of a step with it', () => {
    const text = printed([0, together(step('load', { from: 0, to: 0 }), warning('load', 'FromAsCasing: x'))])
    assert.equal(text, '#1 load\n#1 WARN: FromAsCasing: x\n#1 DONE 0.0s\n')
  })

  it('ends with the last ten lines of a step that failed, and not with those of one that was canceled', () => {
    const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}\n`).join('')
    const text = printed(
      [0, together(step('RUN a', { from: 0 }), log('RUN a', lines, 12.5), step('RUN b', { from: 0 }))],
      [1, step('RUN a', { from: 0, to: 1, error: 'exit code: 7' })],
      [2, step('RUN b', { from: 0, to: 2, error: 'exit code: 137: context canceled' })],
    )
    assert.match(text, /^#\d ERROR: exit code: 7$/m)
    assert.match(text, /^#\d CANCELED$/m)
    const [, tail] = text.split('------\n')
    assert.equal(
      tail,
      ` > RUN a:\n${lines
        .split('\n')
        .slice(2, 12)
        .map((each) => `12.50 ${each}\n`)
        .join('')}`,
    )
  })

  it('adds up the times of a step that runs several times', () => {
    const text = printed([1, step('load', { from: 0, to: 1 })], [3, step('load', { from: 2, to: 3.5 })])
    assert.match(text, /#1 load\n#1 DONE 2\.5s\n$/)
  })

  it('shows the steps of a group as one, once one of them has begun that is not weak', () => {
    const group = (weak: boolean) => ({ group: { id: 'g', name: 'COPY --link a b', weak } })
    const text = printed(
      [0, step('prepare', { from: 0, to: 1, ...group(true) })],
      [
        1,
        together(
          step('copy', { from: 1, ...group(false) }),
          step('prepare', { from: 0, to: 1, ...group(true) }),
        ),
      ],
      [2, step('copy', { from: 1, to: 2, ...group(false) })],
    )
    assert.equal(text, '#1 COPY --link a b\n#1 DONE 2.0s\n')
  })
})

describe('a report as JSON', () => {
  it('has the names that docker has for its parts, and nothing that is empty', () => {
    const report = together(
      step('RUN a', { from: 0 }),
      log('RUN a', 'hi\n', 1),
      task('RUN a', 'x', { total: 5 }),
    )
    assert.deepEqual(JSON.parse(rawJson(report)), {
      vertexes: [{ digest: 'sha256:52554e2061', name: 'RUN a', started: at(0) }],
      statuses: [{ id: 'x', vertex: 'sha256:52554e2061', name: 'x', total: 5, current: 0 }],
      logs: [{ vertex: 'sha256:52554e2061', stream: 1, data: 'aGkK', timestamp: at(1) }],
    })
    assert.match(rawJson(report), /^[^\n]+\n$/)
  })
})
