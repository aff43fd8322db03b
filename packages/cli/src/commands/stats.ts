import { constants } from 'node:os'
import type { Cli } from '../cli.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT, ExitError, explain, requireName, UsageError } from '../errors.js'
import { bool } from '../flags/flag.js'
import { formatFlag } from '../flags/format.js'
import { LiveStats } from '../live-stats.js'
import { formatList } from '../output/list.js'
import { statsLayout, statsRow, type Watched } from '../output/stats-row.js'
import { Block } from '../progress/block.js'
import { canRedraw } from '../progress/screen.js'
import { takeSignals } from '../signals.js'
import { ChartScreen } from '../stats-screen.js'

const flags = {
  all: bool('Show all containers (default shows just running)', 'a'),
  chart: bool('Draw CPU and memory over time on this terminal'),
  format: formatFlag,
  'no-stream': bool('Disable streaming stats and only pull the first result'),
  'no-trunc': bool('Do not truncate output'),
}
type StatsCall = Call<typeof flags>

/** Where no terminal redraws, a table each second. */
const PRINT_EVERY_MS = 1000

export const command = defineCommand({
  usage: '[OPTIONS] [CONTAINER...]',
  flags,
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  async run(call) {
    const { flags, operands } = call
    if (flags.chart) checkChart(call)
    for (const name of operands) requireName(name)
    // A format that cannot be used is reported before anything is measured.
    shown(call, [])
    return flags['no-stream'] ? showOnce(call) : withInterrupt((signal) => showLive(call, signal))
  },
})

function checkChart({ cli, flags }: StatsCall): void {
  if (flags['no-stream'])
    throw new UsageError('--chart draws each measurement, and --no-stream takes only the first')
  if (flags.format !== undefined) throw new UsageError('--chart and --format exclude each other')
  if (!canRedraw(cli.stdout)) throw new ExitError('--chart draws on a terminal, and stdout is not a terminal')
}

function shown({ cli, flags }: StatsCall, watched: readonly Watched[]): string {
  const rows = watched.map((each) => statsRow(each, !flags['no-trunc']))
  return formatList(rows, statsLayout(watched), {
    format: flags.format || cli.config.statsFormat,
    quiet: false,
  })
}

interface Target {
  readonly id: string
  readonly container: string
  readonly name?: string
}

async function targets({ cli, flags, operands }: StatsCall): Promise<Target[]> {
  if (operands.length > 0)
    return [...new Set(operands)].map((container) => ({ id: requireName(container), container }))
  const containers = await (await cli.client()).containers.list({ all: flags.all })
  return containers.map(({ id, shortId, name = '' }) => ({ id, container: shortId, name }))
}

async function showOnce(call: StatsCall): Promise<number> {
  const wanted = await targets(call)
  const measured = await Promise.allSettled(
    wanted.map(async ({ id, container }): Promise<Watched> => {
      const stats = await (await call.cli.container(id)).stats({ stream: false })
      return { container, id: stats.raw.id ?? id, name: (stats.raw.name ?? '').replace(/^\//, ''), stats }
    }),
  )
  const failures = measured.filter((result) => result.status === 'rejected')
  if (failures.length > 0 && call.operands.length > 0) {
    for (const { reason } of failures) call.cli.complain(explain(reason))
    return EXIT.failure
  }
  // Of all that run, some may have gone meanwhile.
  call.cli.write(
    shown(
      call,
      measured.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    ),
  )
  return 0
}

async function showLive(call: StatsCall, signal: AbortSignal): Promise<number> {
  const { cli, flags, operands } = call
  const client = await cli.client()
  const live: LiveStats = new LiveStats({ client, signal, changed: () => view.update() })
  using view = viewOf(call, live)
  const watch = async () =>
    (await targets(call)).map(({ id, container, name }) => live.watch(id, container, name))
  if (operands.length > 0) await Promise.all(await watch())
  else {
    const begin = async () => {
      for (const each of await watch()) each.catch(() => {})
    }
    await live.follow(flags.all, begin).catch((error) => {
      if (!signal.aborted) throw error
    })
  }
  return signal.aborted ? 128 + constants.signals[signal.reason as NodeJS.Signals] : 0
}

interface View extends Disposable {
  update(): void
}

function viewOf(call: StatsCall, live: LiveStats): View {
  const { cli } = call
  const lines = () => shown(call, live.watched).trimEnd().split('\n')
  if (call.flags.chart) return new ChartScreen(cli.stdout, live)
  if (canRedraw(cli.stdout)) return new Block(cli.stdout, ({ rows }) => lines().slice(0, rows - 1))
  return new Repeated(cli, () => shown(call, live.watched))
}

/** For a pipe or a file: the table again and again, without a word to any terminal. A reader that is slow misses some. */
class Repeated implements View {
  readonly #timer: NodeJS.Timeout

  constructor(cli: Cli, show: () => string) {
    this.#timer = setInterval(() => {
      if (!cli.stdout.writableNeedDrain) cli.write(show())
    }, PRINT_EVERY_MS)
  }

  update(): void {}

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

/** Ctrl-C ends the watching, and not this process: the screen is to be left in order. The signal is the reason of the abort. */
async function withInterrupt(act: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController()
  using _taken = takeSignals(['SIGINT', 'SIGTERM'], (signal) => controller.abort(signal))
  return await act(controller.signal)
}
