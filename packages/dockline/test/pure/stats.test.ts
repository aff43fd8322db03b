import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ContainerStatsResponse } from '#src/doors/api.js'
import { computeStats } from '#src/doors/syntax.js'

const LINUX: ContainerStatsResponse = {
  read: '2026-01-02T03:04:05.123456789Z',
  preread: '2026-01-02T03:04:04.123456789Z',
  num_procs: 0,
  cpu_stats: { cpu_usage: { total_usage: 3_000 }, system_cpu_usage: 20_000, online_cpus: 4 },
  precpu_stats: { cpu_usage: { total_usage: 1_000 }, system_cpu_usage: 12_000, online_cpus: 4 },
  memory_stats: { usage: 1000, limit: 4000, stats: { inactive_file: 200, file: 900 } },
  networks: { eth0: { rx_bytes: 1, tx_bytes: 20 }, eth1: { rx_bytes: 2, tx_bytes: 30 } },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: 'read', value: 5 },
      { op: 'write', value: 7 },
      { op: 'read', value: 6 },
    ],
  },
  pids_stats: { current: 9 },
}

describe('stats', () => {
  it('are those of docker stats on Linux', () => {
    const { raw, ...computed } = computeStats(LINUX)
    assert.equal(raw, LINUX)
    assert.deepEqual(computed, {
      time: new Date('2026-01-02T03:04:05.123Z'),
      cpuPercent: 100,
      memoryUsage: 800,
      memoryLimit: 4000,
      memoryPercent: 20,
      networkReceived: 3,
      networkSent: 50,
      blockRead: 11,
      blockWritten: 7,
      pids: 9,
    })
  })

  it('take the CPUs, cache and operations of cgroup v1 by their names there', () => {
    const { cpuPercent, memoryUsage, blockRead, blockWritten } = computeStats({
      ...LINUX,
      cpu_stats: { cpu_usage: { total_usage: 3_000, percpu_usage: [1, 2] }, system_cpu_usage: 20_000 },
      memory_stats: { usage: 1000, limit: 4000, stats: { inactive_file: 1, total_inactive_file: 300 } },
      blkio_stats: {
        io_service_bytes_recursive: [
          { op: 'Read', value: 5 },
          { op: 'Write', value: 7 },
          { op: 'Total', value: 12 },
        ],
      },
    })
    assert.deepEqual([cpuPercent, memoryUsage, blockRead, blockWritten], [50, 700, 5, 7])
  })

  it('take no more cache away than there is memory in use', () => {
    const memory_stats = { usage: 100, limit: 0, stats: { inactive_file: 200 } }
    const { memoryUsage, memoryPercent } = computeStats({ ...LINUX, memory_stats })
    assert.deepEqual([memoryUsage, memoryPercent], [100, 0])
  })

  for (const [what, raw] of [
    ['nothing at all', {}],
    ['nulls', { cpu_stats: null, precpu_stats: null, networks: null, blkio_stats: null, pids_stats: null }],
    [
      'a container that does not run',
      {
        read: '0001-01-01T00:00:00Z',
        num_procs: 0,
        cpu_stats: { cpu_usage: { total_usage: 0, percpu_usage: null } },
        memory_stats: {},
        blkio_stats: { io_service_bytes_recursive: null },
        pids_stats: {},
      } as unknown as ContainerStatsResponse,
    ],
  ] satisfies [string, ContainerStatsResponse][]) {
    it(`are zeros for ${what}`, () => {
      const { raw: _, time, ...numbers } = computeStats(raw)
      assert.equal(time, undefined)
      assert.deepEqual(new Set(Object.values(numbers)), new Set([0]))
    })
  }

  it('make no percentage of a first measurement, nor of one that goes backwards', () => {
    const first = { cpu_usage: { total_usage: 0 } }
    assert.equal(computeStats({ ...LINUX, precpu_stats: first }).cpuPercent, 0)
    const later = { cpu_usage: { total_usage: 9_000 }, system_cpu_usage: 12_000 }
    assert.equal(computeStats({ ...LINUX, precpu_stats: later }).cpuPercent, 0)
  })

  it('compare a one-shot with what was measured before', () => {
    const before = { ...LINUX, cpu_stats: LINUX.precpu_stats ?? null }
    const oneShot = { ...LINUX, precpu_stats: { cpu_usage: { total_usage: 0 } } }
    assert.equal(computeStats(oneShot).cpuPercent, 0)
    assert.equal(computeStats(oneShot, before).cpuPercent, 100)
    assert.equal(computeStats(oneShot, computeStats(before)).cpuPercent, 100)
  })

  it('are those of docker stats on Windows', () => {
    const { cpuPercent, memoryUsage, blockRead, blockWritten } = computeStats({
      ...LINUX,
      num_procs: 2,
      cpu_stats: { cpu_usage: { total_usage: 15_000_000 } },
      precpu_stats: { cpu_usage: { total_usage: 5_000_000 } },
      memory_stats: { privateworkingset: 77 },
      storage_stats: { read_size_bytes: 3, write_size_bytes: 4 },
      blkio_stats: null,
    })
    assert.deepEqual([cpuPercent, memoryUsage, blockRead, blockWritten], [50, 77, 3, 4])
  })
})
