import type { Progress } from '../../transfers/progress.js'
import type { RegistryAccess } from '../image-transfers.js'
import type { BuildPlan } from './build-options.js'
import type { BuildMessage, BuildProgress } from './progress.js'
import type { BuildResult } from './result.js'

/** A build by one of the builders. */
export interface BuildRun {
  messages(): AsyncGenerator<BuildMessage, void, undefined>
  report(progress: Progress<BuildMessage>): BuildProgress
  /** What an error among the messages becomes. */
  failure?(explanation: string, message: BuildMessage): unknown
  finish(): Promise<BuildResult>
}

/** A build with all that it needs. */
export interface SettledBuild extends RegistryAccess, BuildPlan {
  /** The proxy variables of config.json. */
  readonly proxies: Readonly<Record<string, string>>
}
