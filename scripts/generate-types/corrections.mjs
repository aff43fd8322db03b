// @ts-check

import { refPrefix } from './plan.mjs'

/**
 * Where the description says one thing and Engines send another.
 *
 * @typedef {import('./facts.mjs').Schema} Schema
 * @typedef {import('./plan.mjs').Plan} Plan
 *
 * @typedef {object} Correction
 * @property {string} type name of the exported type
 * @property {string} reason
 * @property {Record<string, Schema>} [change] merged into properties that the description has
 * @property {Record<string, Schema>} [add] properties that it does not have
 * @property {Schema} [becomes] what the type is instead
 * @property {true} [nullCollections] every list and map of the type may be null
 */

const nullable = { 'x-nullable': true }
const string = { type: 'string' }
const integer = { type: 'integer' }
const boolean = { type: 'boolean' }

/** @param {string} name */
const ref = (name) => ({ $ref: refPrefix + name })

/** @param {string} name */
const listOf = (name) => ({ type: 'array', items: ref(name) })

/** @param {Schema} items */
const repeated = (items) => ({ type: 'array', items, readonly: true })

const platform = { platform: ref('OCIPlatform') }
const platforms = { platform: repeated(ref('OCIPlatform')) }
const asJson = 'a JSON object on the wire, which Dockline writes itself'
const undescribed = 'Engines read it, the description does not have it'

const ulimit = { type: 'object', properties: { Name: string, Soft: integer, Hard: integer } }
const output = { type: 'object', properties: { Type: string, Attrs: { additionalProperties: string } } }

const created = { type: 'object', required: ['ID'], properties: { ID: string } }
const availability = { Availability: { type: 'string', enum: ['active', 'pause', 'drain'] } }

const nil = 'Go writes an empty list or map as null'
const usage = 'the description leaves the type of the items to Go'

const lines = 'what the lines of a pull, push or build have in fact'

// Deprecated since API 1.48; Engines before it send both.
const progressLine = { error: string, progress: string }
const anything = {}

/** @type {Correction[]} */
export const corrections = [
  { type: 'ExecInspectResponse', change: { ExitCode: nullable }, reason: 'null while the command runs' },
  {
    type: 'ContainerWaitResponse',
    change: { Error: nullable },
    reason: 'Engine 20.10 sends null, not nothing',
  },
  {
    type: 'EventMessage',
    add: until('1.51', { status: string, id: string, from: string }),
    reason: 'API 1.52 took these out',
  },
  {
    type: 'NetworkSettings',
    add: until('1.51', {
      Bridge: string,
      EndpointID: string,
      Gateway: string,
      GlobalIPv6Address: string,
      GlobalIPv6PrefixLen: integer,
      IPAddress: string,
      IPPrefixLen: integer,
      IPv6Gateway: string,
      MacAddress: string,
    }),
    reason: 'API 1.52 took these out; Networks has them for each network',
  },
  {
    type: 'AuthConfig',
    add: { auth: string, identitytoken: string, registrytoken: string },
    reason: 'config files and credential helpers give these, and Engines take them',
  },
  { type: 'ContainerConfig', add: until('1.51', { MacAddress: string }), reason: 'API 1.52 took it out' },
  {
    type: 'SystemDataUsageResponse',
    add: {
      LayersSize: { type: 'integer', format: 'int64' },
      Images: { ...listOf('ImageSummary'), ...nullable },
      Containers: { ...listOf('ContainerSummary'), ...nullable },
      Volumes: { ...listOf('Volume'), ...nullable },
      BuildCache: { ...listOf('BuildCache'), ...nullable },
    },
    reason: 'the only answer up to API 1.51, and still sent after it when not verbose',
  },
  { type: 'BuildInfo', add: progressLine, reason: lines },
  { type: 'CreateImageInfo', add: { ...progressLine, aux: anything }, reason: lines },
  { type: 'PushImageInfo', add: { ...progressLine, id: string, aux: anything }, reason: lines },
  {
    type: 'ProgressDetail',
    add: { start: integer, units: string, hidecounts: { type: 'boolean' } },
    reason: lines,
  },
  { type: 'ImagesDiskUsage', change: { Items: listOf('ImageSummary') }, reason: usage },
  { type: 'ContainersDiskUsage', change: { Items: listOf('ContainerSummary') }, reason: usage },
  { type: 'VolumesDiskUsage', change: { Items: listOf('Volume') }, reason: usage },
  { type: 'BuildCacheDiskUsage', change: { Items: listOf('BuildCache') }, reason: usage },
  {
    type: 'NetworkInspect',
    change: { Services: { additionalProperties: ref('ServiceInfo') } },
    reason: usage,
  },
  { type: 'ContainerLogsQuery', add: { details: boolean }, reason: undescribed },
  { type: 'ContainerStartQuery', add: { checkpoint: string, 'checkpoint-dir': string }, reason: undescribed },
  { type: 'BuildPruneQuery', add: until('1.51', { 'keep-storage': integer }), reason: undescribed },
  {
    type: 'ImageBuildQuery',
    add: {
      session: string,
      buildid: string,
      ulimits: repeated(ulimit),
      cpusetmems: string,
      cgroupparent: string,
      isolation: string,
      securityopt: repeated(string),
    },
    reason: undescribed,
  },
  {
    type: 'ImageBuildQuery',
    change: {
      t: repeated(string),
      extrahosts: repeated(string),
      pull: boolean,
      cachefrom: repeated(string),
      buildargs: { additionalProperties: { ...string, ...nullable } },
      labels: { additionalProperties: string },
      outputs: { ...repeated(output), default: undefined },
    },
    reason: 'lists and maps on the wire, which Dockline writes itself',
  },
  { type: 'ImageCommitQuery', change: { changes: repeated(string) }, reason: 'a key for each' },
  { type: 'ImageInspectQuery', change: platform, reason: asJson },
  { type: 'ImageHistoryQuery', change: platform, reason: asJson },
  { type: 'ImagePushQuery', change: platform, reason: asJson },
  { type: 'ImageGetQuery', change: platforms, reason: asJson },
  { type: 'ImageGetAllQuery', change: platforms, reason: asJson },
  { type: 'ImageLoadQuery', change: platforms, reason: asJson },
  { type: 'ImageAttestationsQuery', change: platforms, reason: asJson },
  { type: 'ImageDeleteQuery', change: { platforms: platforms.platform }, reason: asJson },
  {
    type: 'PutContainerArchiveQuery',
    change: { noOverwriteDirNonDir: boolean, copyUIDGID: boolean },
    reason: 'read as booleans',
  },
  { type: 'ConfigCreateResponse', becomes: created, reason: 'ID, where the description has Id' },
  { type: 'SecretCreateResponse', becomes: created, reason: 'ID, where the description has Id' },
  { type: 'SwarmInitBody', add: availability, reason: undescribed },
  { type: 'SwarmJoinBody', add: availability, reason: undescribed },
  { type: 'EndpointSettings', change: { DNSNames: { told: true } }, reason: 'no Engine takes it' },
  ...[
    'BuildPruneResponse',
    'ContainerPruneResponse',
    'ImagePruneResponse',
    'NetworkPruneResponse',
    'VolumePruneResponse',
    'ContainerUpdateResponse',
    'ServiceUpdateResponse',
    'VolumeListResponse',
    'ContainerConfig',
    'ImageConfig',
    'HostConfig',
    'Resources',
    'EndpointSettings',
    'IPAM',
    'SystemInfo',
    'PluginsInfo',
    'RegistryServiceConfig',
    'ContainerBlkioStats',
  ].map((type) => /** @type {Correction} */ ({ type, nullCollections: true, reason: nil })),
  { type: 'Resources', change: { MemorySwappiness: nullable }, reason: 'null where the kernel has none' },
  { type: 'ImageHistoryResponseItem', change: { Tags: nullable }, reason: nil },
  { type: 'ImageSummary', change: { Labels: nullable }, reason: nil },
  { type: 'Volume', change: { Labels: nullable, Options: nullable }, reason: nil },
]

/**
 * @param {string} version
 * @param {Record<string, Schema>} properties
 */
function until(version, properties) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, { ...schema, until: version }]),
  )
}

/**
 * Applies the table to the planned types.
 *
 * @param {Plan} plan
 * @returns {string[]} the corrections that found nothing to correct: upstream may have fixed or renamed it
 */
export function correct(plan) {
  const types = [...plan.definitions, ...plan.sections.flatMap((section) => section.types)]
  const schemas = new Map(types.map(({ name, schema }) => [name, schema]))
  /** @param {Schema} schema */
  const isCollection = (schema) => {
    const { type, additionalProperties } = schemas.get(schema.$ref?.slice(refPrefix.length) ?? '') ?? schema
    return type === 'array' || additionalProperties !== undefined
  }
  return corrections.flatMap((correction) => applyOne(correction, schemas.get(correction.type), isCollection))
}

/**
 * @param {Correction} correction
 * @param {Schema | undefined} schema
 * @param {(schema: Schema) => boolean} isCollection
 */
function applyOne({ type, becomes, change = {}, add = {}, nullCollections }, schema, isCollection) {
  if (schema && becomes) {
    for (const name of Object.keys(schema)) Reflect.deleteProperty(schema, name)
    Object.assign(schema, becomes)
    return []
  }
  const properties = schema && ownProperties(schema)
  if (!properties) return [type]
  for (const property of nullCollections ? Object.values(properties) : []) {
    if (isCollection(property)) Object.assign(property, nullable)
  }
  for (const [name, fix] of Object.entries(change)) {
    if (properties[name]) Object.assign(properties[name], fix)
  }
  Object.assign(properties, { ...add, ...properties })
  return Object.keys(change)
    .filter((name) => !properties[name])
    .map((name) => `${type}.${name}`)
}

/**
 * @param {Schema} schema
 * @returns {Record<string, Schema> | undefined}
 */
function ownProperties(schema) {
  return schema.properties ?? schema.allOf?.find((part) => part.properties)?.properties
}
