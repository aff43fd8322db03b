import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { SolveStatus } from 'dockline/types'
import { colorsOf } from '../../dist/build/progress/colors.js'
import { frameOf } from '../../dist/build/progress/frame.js'
import { BuildTrace } from '../../dist/build/progress/trace.js'
import { BEGIN, log, step, task, together, warning } from '../support/build-reports.js'

const SETTINGS = { title: 'Building', builder: 'docker:default', started: BEGIN, colors: undefined }

interface Screen {
  readonly columns?: number
  readonly rows?: number
  readonly seconds?: number
}

function frame(report: SolveStatus, { columns = 60, rows = 24, seconds = 9 }: Screen = {}): string[] {
  const trace = new BuildTrace()
  trace.add(report)
  return frameOf(trace, SETTINGS, { columns, rows, now: BEGIN + seconds * 1000 })
}

const LAST = { rows: Number.POSITIVE_INFINITY }

describe('the view of a build on a terminal', () => {
  it('has a line for each step that has begun, in the order of their beginning', () => {
    const report = together(
      step('RUN later'),
      step('RUN b', { from: 2 }),
      step('load', { from: 0, to: 0.5 }),
      task('load', 'transferring:', { current: 1500, from: 0, to: 0.5 }),
      step('FROM', { from: 1, to: 1, cached: true }),
    )
    assert.deepEqual(frame(report, { seconds: 3.25 }), [
      '[+] Building 3.2s (2/4)                      docker:default',
      ' => load                                               0.5s',
      ' => => transferring: 1.50kB                            0.5s',
      ' => CACHED FROM                                        0.0s',
      ' => RUN b                                              1.2s',
    ])
  })

  it('says at the end that it is finished, and has all steps however many there are', () => {
    const many = Array.from({ length: 40 }, (_, index) => step(`RUN ${index}`, { from: index, to: index }))
    const lines = frame(together(...many), LAST)
    assert.match(lines[0] ?? '', /^\[\+\] Building 9\.0s \(40\/40\) FINISHED +docker:default$/)
    assert.equal(lines.length, 41)
  })

  it('shows what has failed and what was canceled', () => {
    const report = together(
      step('RUN a', { from: 0, to: 1, error: 'exit code: 1' }),
      step('RUN b', { from: 0, to: 1, error: 'context canceled' }),
      warning('RUN a', 'Rule: is broken'),
    )
    const lines = frame(report, LAST).slice(1)
    assert.deepEqual(
      lines.map((line) => line.replace(/ +[\d.]+s$/, '')),
      [' => ERROR RUN a', ' => WARN: Rule: is broken', ' => CANCELED RUN b'],
    )
  })

  it('keeps what runs on the screen when there are more steps than rows', () => {
    const done = Array.from({ length: 30 }, (_, index) =>
      step(`RUN done ${index}`, { from: index, to: index }),
    )
    const lines = frame(together(step('RUN slow', { from: 0 }), ...done), { rows: 8, seconds: 40 })
    assert.equal(lines.length, 7)
    assert.match(lines[1] ?? '', /RUN slow/)
    assert.match(lines.at(-1) ?? '', /RUN done 29/)
  })

  it('shows the last lines of what a running step writes, as they look', () => {
    const text = `${Array.from({ length: 9 }, (_, index) => `\x1b[31mline ${index}\x1b[0m`).join('\n')}\n10 %\r20 %\r`
    const lines = frame(together(step('RUN a', { from: 0 }), log('RUN a', text, 1)))
    assert.deepEqual(lines.slice(2), [
      ...[4, 5, 6, 7, 8].map((index) => ` => => # line ${index}`),
      ' => => # 20 %',
    ])
  })

  it('shows the output of a running step also when the steps before it fill the screen', () => {
    const done = Array.from({ length: 30 }, (_, index) =>
      step(`RUN done ${index}`, { from: index, to: index }),
    )
    const running = [step('RUN slow', { from: 31 }), log('RUN slow', 'one\ntwo\n', 32)]
    const lines = frame(together(...done, ...running), { rows: 12, seconds: 40 })
    assert.equal(lines.length, 11)
    assert.deepEqual(lines.slice(-2), [' => => # one', ' => => # two'])
  })

  it('fits any width, whatever the names are', () => {
    const report = together(
      step('RUN 漢字'.repeat(20), { from: 0 }),
      step('RUN a\tb\nc', { from: 0, to: 1 }),
      log('RUN a\tb\nc', 'x'.repeat(300), 1),
    )
    for (let columns = 1; columns < 120; columns++)
      for (const line of frame(report, { columns })) {
        const cells = [...line].reduce((sum, character) => sum + (character > '\u10ff' ? 2 : 1), 0)
        assert.ok(cells < Math.max(columns, 2), `${columns}: ${line}`)
      }
  })

  it('has colours that NO_COLOR turns off and BUILDKIT_COLORS changes, and that take no room', () => {
    const trace = new BuildTrace()
    trace.add(together(step('RUN a', { from: 0, to: 1, error: 'x' }), step('RUN b', { from: 0, to: 1 })))
    const shown = (env: NodeJS.ProcessEnv) =>
      frameOf(trace, { ...SETTINGS, colors: colorsOf(env) }, { columns: 60, rows: 24, now: BEGIN }).slice(1)
    const plain = shown({ NO_COLOR: '1' })
    const usual = shown({})
    assert.deepEqual(usual.map(stripVTControlCharacters), plain)
    assert.deepEqual(
      usual.map((line) => line.slice(0, 5)),
      ['\x1b[31m', '\x1b[34m'],
    )
    const own = shown({ BUILDKIT_COLORS: 'run=green:error=1,2,3:nonsense=none' })
    assert.deepEqual(
      own.map((line) => line.slice(0, line.indexOf('m') + 1)),
      ['\x1b[38;2;1;2;3m', '\x1b[32m'],
    )
  })
})
