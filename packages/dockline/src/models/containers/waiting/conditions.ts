import type { ContainerInspectResponse } from '../../../api/index.js'
import type { OutputLine } from '../../../stream/index.js'
import { isHealthy } from '../health.js'
import type { ConditionSet, ExitSettings, LogSettings, WaitPlan } from './options.js'
import { HttpProbe, PortProbe, type Probe } from './probes.js'
import type { Condition, Target } from './target.js'

/** The conditions of one wait, and which of them are met. */
export class Conditions {
  readonly #all: OneSet
  readonly #any: readonly OneSet[]

  constructor({ all, any }: WaitPlan, target: Target) {
    this.#all = new OneSet(all, target)
    this.#any = any.map((each) => new OneSet(each, target))
  }

  get isMet(): boolean {
    return this.#all.isMet && (this.#any.length === 0 || this.#any.some(({ isMet }) => isMet))
  }

  /** What is missing, in words. */
  get unmet(): string[] {
    const alternatives = this.#any.map(({ unmet }) => unmet.join(' with '))
    const isAnyMet = alternatives.length === 0 || this.#any.some(({ isMet }) => isMet)
    return [...this.#all.unmet, ...(isAnyMet ? [] : [alternatives.join(' or ')])]
  }

  /** The lines of the log that were waited for. */
  get lines(): OutputLine[] {
    return this.#logs.flatMap(({ lines }) => lines)
  }

  get hasLogs(): boolean {
    return this.#logs.length > 0
  }

  /** What has to be tried until it works. */
  get probes(): Probe[] {
    return this.#sets.flatMap(({ probes }) => probes.filter(({ isMet }) => !isMet))
  }

  /** Begins anew, for a container that was started again. */
  reset(): void {
    for (const set of this.#sets) set.reset()
  }

  /** Begins anew with the log, which is read from its start again. */
  resetLogs(): void {
    for (const log of this.#logs) log.reset()
  }

  takeLine(line: OutputLine): void {
    for (const log of this.#logs) log.take(line)
  }

  takeDetails(attrs: ContainerInspectResponse): void {
    for (const set of this.#sets) set.takeDetails(attrs)
  }

  takeEnd(exitCode: number): void {
    for (const set of this.#sets) set.takeEnd(exitCode)
  }

  get #sets(): readonly OneSet[] {
    return [this.#all, ...this.#any]
  }

  get #logs(): readonly LogWatch[] {
    return this.#sets.flatMap(({ logs }) => logs)
  }
}

/** Conditions that must hold together. */
class OneSet {
  readonly logs: readonly LogWatch[]
  readonly probes: readonly Probe[]
  readonly #healthy: HealthWatch | undefined
  readonly #exit: ExitWatch | undefined

  constructor({ logs, ports, https, healthy, exit }: ConditionSet, target: Target) {
    this.logs = logs.map((each) => new LogWatch(each))
    this.probes = [
      ...ports.map((each) => new PortProbe(target, each)),
      ...https.map((each) => new HttpProbe(target, each)),
    ]
    this.#healthy = healthy ? new HealthWatch() : undefined
    this.#exit = exit === undefined ? undefined : new ExitWatch(exit)
  }

  get isMet(): boolean {
    return this.#conditions.every(({ isMet }) => isMet)
  }

  get unmet(): string[] {
    return this.#conditions.flatMap(({ isMet, words }) => (isMet ? [] : [words]))
  }

  reset(): void {
    for (const each of this.#conditions) each.reset()
  }

  takeDetails(attrs: ContainerInspectResponse): void {
    this.#healthy?.take(attrs)
  }

  /** A port that was open is closed now. */
  takeEnd(exitCode: number): void {
    for (const each of [...this.probes, this.#healthy]) each?.reset()
    this.#exit?.take(exitCode)
  }

  get #conditions(): readonly Condition[] {
    return [...this.logs, ...this.probes, this.#healthy, this.#exit].filter((each) => each !== undefined)
  }
}

class LogWatch implements Condition {
  readonly words: string
  readonly #settings: LogSettings
  #lines: OutputLine[] = []

  constructor(settings: LogSettings) {
    this.words = settings.words
    this.#settings = settings
  }

  get isMet(): boolean {
    return this.#lines.length >= this.#settings.times
  }

  get lines(): readonly OutputLine[] {
    return this.#lines
  }

  reset(): void {
    this.#lines = []
  }

  take(line: OutputLine): void {
    const { source = line.source, fits } = this.#settings
    if (!this.isMet && source === line.source && fits(line.line)) this.#lines.push(line)
  }
}

class HealthWatch implements Condition {
  readonly words = 'healthy'
  isMet = false

  reset(): void {
    this.isMet = false
  }

  take(attrs: ContainerInspectResponse): void {
    this.isMet = isHealthy(attrs)
  }
}

class ExitWatch implements Condition {
  readonly words: string
  readonly #fits: ExitSettings['fits']
  isMet = false

  constructor({ words, fits }: ExitSettings) {
    this.words = words
    this.#fits = fits
  }

  reset(): void {
    this.isMet = false
  }

  take(exitCode: number): void {
    this.isMet = this.#fits(exitCode)
  }
}
