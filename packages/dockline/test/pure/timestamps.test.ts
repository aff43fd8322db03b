import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toTimestamp } from '#src/doors/syntax.js'
import { InvalidArgumentError } from '#src/index.js'

describe('toTimestamp', () => {
  for (const [moment, written] of [
    [new Date(0), '0.000000000'],
    [new Date(1_700_000_000_123), '1700000000.123000000'],
    [0, '0.000000000'],
    [1_700_000_000_000, '1700000000.000000000'],
    [1_700_000_000_000.5, '1700000000.000500000'],
    [-1250, '-2.750000000'],
    ['1700000000', '1700000000'],
    ['1700000000.000000001', '1700000000.000000001'],
    ['+1700000000', '1700000000'],
    ['1700000000.12345678987', '1700000000.123456789'],
    ['2023-11-14T22:13:20Z', '1700000000.000000000'],
    ['2023-11-14T22:13:20.1Z', '1700000000.100000000'],
    ['2023-11-14T22:13:20.123456789Z', '1700000000.123456789'],
    ['2023-11-14T22:13:20.12345678987Z', '1700000000.123456789'],
    ['2023-11-15T00:13:20.123456789+02:00', '1700000000.123456789'],
    ['2023-11-14T22:13Z', '1699999980.000000000'],
    ['1969-12-31T23:59:59.25Z', '-1.250000000'],
  ] as const) {
    it(`writes ${moment instanceof Date ? moment.toISOString() : JSON.stringify(moment)} as ${written}`, () => {
      assert.equal(toTimestamp('since', moment), written)
    })
  }

  it('takes a date, and a time without zone, for local time', () => {
    const local = (month: number, day: number, hour = 0) => new Date(2024, month, day, hour).getTime() / 1000
    assert.equal(toTimestamp('since', '2024-01-02'), `${local(0, 2)}.000000000`)
    assert.equal(toTimestamp('since', '2024-07-02T03:00:00'), `${local(6, 2, 3)}.000000000`)
    assert.equal(toTimestamp('since', '2024-07-02T03'), `${local(6, 2, 3)}.000000000`)
  })

  it('takes what is left out of a time for 0', () => {
    assert.equal(toTimestamp('since', '1970-01-02Z'), '86400.000000000')
    assert.equal(toTimestamp('since', '1970-01-02T01Z'), '90000.000000000')
    assert.equal(toTimestamp('since', '1970-01-02T01:00+01:00'), '86400.000000000')
  })

  for (const [duration, milliseconds] of [
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['2h0m0.5s', 7_200_500],
    ['.5h', 1_800_000],
    ['1.h', 3_600_000],
    ['+10m', 600_000],
    ['-2s', -2000],
    ['-1h30m', -5_400_000],
    ['1μs', 0.001],
    ['0s', 0],
  ] as const) {
    it(`takes '${duration}' for that long ago`, () => {
      const before = Date.now()
      const written = Number(toTimestamp('since', duration)) * 1000
      const after = Date.now()
      // The written seconds have nine digits, a double of them fewer.
      assert.ok(written >= before - milliseconds - 1 && written <= after - milliseconds + 1, `${written}`)
    })
  }

  it('leaves undefined out', () => assert.equal(toTimestamp('since', undefined), undefined))

  for (const moment of [
    '',
    'yesterday',
    '10x',
    '--10m',
    '1h-30m',
    ' 10m',
    '.s',
    '3000000h',
    '2024-13-01',
    '2024-01-02T25:00:00Z',
    '2024-01-02 03:04:05',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Date(Number.NaN),
  ]) {
    it(`refuses ${JSON.stringify(moment)} ${String(moment)} and names the option`, () => {
      assert.throws(
        () => toTimestamp('until', moment),
        (error) => error instanceof InvalidArgumentError && error.message.startsWith('until is not a time'),
      )
    })
  }
})
