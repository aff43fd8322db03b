import { stripVTControlCharacters } from 'node:util'
import type { ScreenSize } from '../../progress/screen.js'
import { clip, widthOf } from '../../progress/screen.js'
import { type Colors, colored } from './colors.js'
import { type BuildTrace, isCanceled, type TraceStep, type TraceTask } from './trace.js'
import { amountText, markOf, secondsText } from './words.js'

/** Lines of its output that a running step shows at most. */
const MOST_OUTPUT = 6

export interface FrameSettings {
  /** What is above the steps, as in 'Building'. */
  readonly title: string
  /** Which builder it is, as in 'docker:default'. */
  readonly builder: string
  /** When the build began, in milliseconds. */
  readonly started: number
  readonly colors: Colors | undefined
}

/** A line of the view, and whether it can be left out where there is not room for all. */
interface Line {
  readonly text: string
  readonly isRunning: boolean
}

/** The size of the screen, and the time in milliseconds. */
export interface Moment extends ScreenSize {
  readonly now: number
}

/** The settings, the time and the room by which a frame is drawn. */
interface View extends FrameSettings {
  readonly now: number
  /** Cells of a line. */
  readonly width: number
  /** Lines below the first one. */
  readonly room: number
  /** Whether the frame stays, and so has all lines. */
  readonly isLast: boolean
}

/** The steps of a build as a screen of this size shows them at this time: what runs is always on it. */
export function frameOf(trace: BuildTrace, settings: FrameSettings, moment: Moment): string[] {
  const view = viewOf(settings, moment)
  const steps = trace.steps.filter((step) => step.visible && step.started !== undefined).sort(byStart)
  const outputs = view.isLast ? new Map() : outputsOf(steps, view)
  const taken = [...outputs.values()].reduce((sum, lines) => sum + lines.length, 0)
  const lines = fitting(
    steps.flatMap((step) => linesOf(step, view)),
    view.room - taken,
  )
  return [headOf(trace, view), ...lines.flatMap(({ text, step }) => [text, ...(outputs.get(step) ?? [])])]
}

function viewOf(settings: FrameSettings, { columns, rows, now }: Moment): View {
  // The last cell stays free, and the cursor stands below the last line.
  return { ...settings, now, width: columns - 1, room: rows - 2, isLast: !Number.isFinite(rows) }
}

interface StepLine extends Line {
  /** The step that the line is the last of. */
  readonly step: TraceStep | undefined
}

function byStart(one: TraceStep, other: TraceStep): number {
  return (one.started ?? 0) - (other.started ?? 0)
}

function headOf({ steps }: BuildTrace, view: View): string {
  const { title, builder, started, width, now, isLast } = view
  const visible = steps.filter(({ visible }) => visible)
  const completed = visible.filter((step) => step.completed !== undefined).length
  const isOver = isLast && completed > 0 && completed === visible.length
  const words = `[+] ${title} ${secondsText(Math.max(now - started, 0))} (${completed}/${visible.length})`
  return apart(`${words}${isOver ? ' FINISHED' : ''}`, builder, width)
}

function linesOf(step: TraceStep, { colors, width, now }: View): StepLine[] {
  const isRunning = step.completed === undefined
  const mark = markOf(step)
  const color = colors && colorOf(step, colors)
  const own = { text: `${mark === undefined ? '' : `${mark} `}${step.name}`, step, now, width }
  const lines = [
    colored(timedLine(' => ', own), color),
    ...[...step.tasks.values()].map((task) => colored(taskLine(task, width, now), color)),
    ...step.warnings.map((text) => {
      return colored(timedLine(' => ', { text: `WARN: ${text}`, step, now, width }), colors?.warning)
    }),
  ]
  return lines.map((text, index) => ({
    text,
    isRunning,
    step: index === lines.length - 1 ? step : undefined,
  }))
}

function colorOf(step: TraceStep, colors: Colors): string | undefined {
  if (step.error !== '') return isCanceled(step) ? colors.cancel : colors.error
  return step.completed === undefined ? undefined : colors.run
}

interface Timed {
  readonly text: string
  readonly step: { readonly started: number | undefined; readonly completed: number | undefined }
  readonly now: number
  readonly width: number
}

function timedLine(prefix: string, { text, step, now, width }: Timed): string {
  const ran = step.started === undefined ? undefined : Math.max((step.completed ?? now) - step.started, 0)
  return apart(`${prefix}${oneLine(text)}`, ran === undefined ? '' : secondsText(ran), width)
}

function taskLine(task: TraceTask, width: number, now: number): string {
  return timedLine(' => => ', { text: `${task.id}${amountText(task)}`, step: task, now, width })
}

/** The text on the left as far as there is room, and the other on the right. */
function apart(left: string, right: string, width: number): string {
  const room = Math.max(width - right.length - 1, 0)
  const clipped = clip(left, room)
  return clip(`${clipped}${' '.repeat(Math.max(room - widthOf(clipped), 0))} ${right}`, width)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** The first ones that are over go where there is not room for all. */
function fitting(lines: readonly StepLine[], room: number): StepLine[] {
  let surplus = lines.length - room
  const kept = lines.filter(({ isRunning }) => isRunning || surplus-- <= 0)
  return kept.slice(Math.max(kept.length - room, 0))
}

/** What steps write that run: all of them together have this share of the screen at least. */
const OUTPUT_SHARE = 0.4

function outputsOf(
  steps: readonly TraceStep[],
  { colors, width, room }: View,
): Map<TraceStep | undefined, string[]> {
  const writing = steps.filter((step) => step.completed === undefined && step.lines.length > 0)
  const free = Math.max(room - heightOf(steps), Math.floor(room * OUTPUT_SHARE))
  const each = Math.min(MOST_OUTPUT, Math.floor(free / writing.length))
  if (each < 1) return new Map()
  return new Map(
    writing.map((step) => [
      step,
      step.lines.slice(-each).map((line) => colored(clip(` => => # ${shown(line)}`, width), colors?.output)),
    ]),
  )
}

function heightOf(steps: readonly TraceStep[]): number {
  return steps.reduce((sum, { tasks, warnings }) => sum + 1 + tasks.size + warnings.length, 0)
}

/** As it looks after its carriage returns, without the time in front. */
function shown(line: string): string {
  const text = stripVTControlCharacters(line.slice(line.indexOf(' ') + 1))
  return text.replace(/\r+$/, '').split('\r').at(-1)?.replaceAll('\t', '    ') ?? ''
}
