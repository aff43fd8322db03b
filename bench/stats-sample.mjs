// @ts-check
/** The message that an Engine sends once a second for each container whose stats are followed: about 1.8 KB. */

const COUNTERS = [
  ...['active_anon', 'active_file', 'cache', 'dirty', 'hierarchical_memory_limit', 'inactive_anon'],
  ...['inactive_file', 'mapped_file', 'pgfault', 'pgmajfault', 'pgpgin', 'pgpgout', 'rss', 'rss_huge'],
  ...['total_active_anon', 'total_active_file', 'total_cache', 'total_dirty', 'total_inactive_anon'],
  ...['total_inactive_file', 'total_mapped_file', 'total_pgfault', 'total_pgmajfault', 'total_pgpgin'],
  ...['total_pgpgout', 'total_rss', 'total_rss_huge', 'total_unevictable', 'total_writeback'],
  ...['unevictable', 'writeback', 'hierarchical_memsw_limit'],
]
const QUEUES = [
  'io_serviced',
  'io_queue',
  'io_service_time',
  'io_wait_time',
  'io_merged',
  'io_time',
  'sectors',
]

/** @param {number} second */
function cpu(second) {
  return {
    cpu_usage: {
      total_usage: 54_092_132 + second * 10_000_000,
      percpu_usage: [51_689_809, 2_402_323 + second * 10_000_000],
      usage_in_kernelmode: 30_000_000,
      usage_in_usermode: 20_000_000 + second * 10_000_000,
    },
    system_cpu_usage: 49_187_810_000_000 + second * 2_000_000_000,
    online_cpus: 2,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  }
}

/**
 * @param {string} id
 * @param {number} second
 */
export function sampleOf(id, second) {
  const time = (/** @type {number} */ at) => new Date(Date.UTC(2026, 0, 2) + at * 1000).toISOString()
  return {
    read: time(second),
    preread: time(second - 1),
    pids_stats: { current: 2 },
    blkio_stats: {
      io_service_bytes_recursive: [{ major: 8, minor: 0, op: 'read', value: 4096 }],
      ...Object.fromEntries(QUEUES.map((queue) => [`${queue}_recursive`, []])),
    },
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpu(second),
    precpu_stats: cpu(second - 1),
    memory_stats: {
      usage: 462_848,
      max_usage: 4_165_632,
      stats: Object.fromEntries(COUNTERS.map((name, index) => [name, index * 4096])),
      limit: 25_276_514_304,
    },
    name: `/${id}`,
    id,
    networks: {
      eth0: {
        ...{ rx_bytes: 572, rx_packets: 6, rx_errors: 0, rx_dropped: 0 },
        ...{ tx_bytes: 0, tx_packets: 0, tx_errors: 0, tx_dropped: 0 },
      },
    },
  }
}
