import type {
  SwarmSpec,
  SwarmSpecCAConfig,
  SwarmSpecCAConfigExternalCA,
  SwarmSpecRaft,
} from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { Duration } from '../../support/duration.js'
import { parseDuration, refuseUnknown, type StringMap, stringMap } from '../options/index.js'
import { table } from '../options/table.js'
import { duration } from '../options/units.js'
import { array, checkObject, flag, integer, object, oneOf, text } from '../options/values.js'
import { secretText } from './data.js'
import { type LogDriverOptions, taskLogDriver } from './service-tables.js'

/** What the managers of a swarm agree on. A duration is a string such as `'5s'`, or a number of milliseconds. */
export interface SwarmSpecOptions extends NameOptions, RaftOptions, AuthorityOptions {
  /** How many old tasks of each replica are remembered. Default: 5. */
  readonly taskHistoryRetentionLimit?: number | undefined
  /** How often nodes report. Default: 5 s. */
  readonly dispatcherHeartbeatPeriod?: Duration | undefined
  /** Managers ask for a key when they start anew. */
  readonly autolockManagers?: boolean | undefined
  /** What tasks log to unless their service says otherwise. */
  readonly logDriver?: string | LogDriverOptions | undefined
  /** The Engine's own spec. Each option that is given replaces its key here. */
  readonly spec?: Readonly<SwarmSpec> | undefined
}

interface NameOptions {
  /** 'default' is the only one that Engines take. */
  readonly name?: string | undefined
  readonly labels?: StringMap | undefined
}

interface RaftOptions {
  /** Log entries between two snapshots. */
  readonly snapshotInterval?: number | undefined
  /** How many snapshots are kept beyond the current one. */
  readonly keepOldSnapshots?: number | undefined
  /** Log entries that are kept for those who are slow. */
  readonly logEntriesForSlowFollowers?: number | undefined
  /** Ticks without a leader before another is elected; above `heartbeatTick`. */
  readonly electionTick?: number | undefined
  /** Ticks between two signs of life of the leader. */
  readonly heartbeatTick?: number | undefined
}

interface AuthorityOptions {
  /** How long a node's certificate is good. Default: 90 days. */
  readonly nodeCertExpiry?: Duration | undefined
  /** One or several that sign in place of the swarm. */
  readonly externalCas?: ExternalCa | readonly ExternalCa[] | undefined
  /** The same as `externalCas`; not both. */
  readonly externalCa?: ExternalCa | undefined
  /** PEM. API 1.30. */
  readonly signingCaCert?: string | undefined
  /** PEM. API 1.30. */
  readonly signingCaKey?: string | undefined
  /** A counter: another number makes a new root certificate. API 1.30. */
  readonly caForceRotate?: number | undefined
}

/** A certificate authority outside the swarm. */
export interface ExternalCaOptions {
  readonly url: string
  readonly protocol?: 'cfssl' | undefined
  readonly options?: StringMap | undefined
  /** PEM. */
  readonly caCert?: string | undefined
}

type ExternalCa = ExternalCaOptions | Readonly<SwarmSpecCAConfigExternalCA>

const naming = table<NameOptions, SwarmSpec>({ name: ['Name', text], labels: ['Labels', stringMap] })

const raft = table<RaftOptions, SwarmSpecRaft>({
  snapshotInterval: ['SnapshotInterval', integer],
  keepOldSnapshots: ['KeepOldSnapshots', integer],
  logEntriesForSlowFollowers: ['LogEntriesForSlowFollowers', integer],
  electionTick: ['ElectionTick', integer],
  heartbeatTick: ['HeartbeatTick', integer],
})

const externalCa = table<ExternalCaOptions, SwarmSpecCAConfigExternalCA>({
  url: ['URL', text],
  protocol: ['Protocol', oneOf('cfssl')],
  options: ['Options', stringMap],
  caCert: ['CACert', text],
})

const authority = table<AuthorityOptions, SwarmSpecCAConfig>({
  nodeCertExpiry: duration('NodeCertExpiry'),
  externalCas: ['ExternalCAs', externalCas],
  externalCa: ['ExternalCAs', (value, option) => [externalCa.parse(value, option)]],
  signingCaCert: ['SigningCACert', text],
  signingCaKey: ['SigningCAKey', secretText],
  caForceRotate: ['ForceRotate', integer],
})

function externalCas(value: unknown, option: string): SwarmSpecCAConfigExternalCA[] {
  const all = Array.isArray(value) ? array(value, option) : [value]
  return all.map((one, index) => externalCa.parse(one, `${option}[${index}]`))
}

/** The options that are a whole group of the Engine's. */
interface SingleOptions {
  readonly taskHistoryRetentionLimit?: unknown
  readonly dispatcherHeartbeatPeriod?: unknown
  readonly autolockManagers?: unknown
  readonly logDriver?: unknown
}

const singles = table<SingleOptions, SwarmSpec>({
  taskHistoryRetentionLimit: [
    'Orchestration',
    (value, option) => ({ TaskHistoryRetentionLimit: integer(value, option) }),
  ],
  dispatcherHeartbeatPeriod: [
    'Dispatcher',
    (value, option) => ({ HeartbeatPeriod: parseDuration(value, option) }),
  ],
  autolockManagers: ['EncryptionConfig', (value, option) => ({ AutoLockManagers: flag(value, option) })],
  logDriver: ['TaskDefaults', (value, option) => ({ LogDriver: taskLogDriver(value, option) })],
})

export const swarmSpecNames: readonly string[] = [
  ...[...naming.names, ...raft.names, ...authority.names, ...singles.names],
  'spec',
]

/** The spec with the options in it: what is not given stays as it is there. */
export function swarmSpec(base: SwarmSpec, options: SwarmSpecOptions): SwarmSpec {
  refuseUnknown(object(options, 'options'), swarmSpecNames)
  if (options.spec !== undefined) checkObject(options.spec, 'spec')
  const rafts = raft.pick(options)
  if (options.externalCa !== undefined && options.externalCas !== undefined) {
    throw new InvalidArgumentError('externalCa and externalCas are the same, and both are given')
  }
  const ca = authority.pick(options)
  return {
    ...base,
    ...naming.pick(options),
    ...singles.pick(options),
    ...(Object.keys(rafts).length === 0 ? {} : { Raft: { ...base.Raft, ...rafts } }),
    ...(Object.keys(ca).length === 0 ? {} : { CAConfig: { ...base.CAConfig, ...ca } }),
  }
}
