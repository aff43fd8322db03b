// @ts-check

import { shapeOf } from './shape.mjs'

/**
 * @typedef {import('./facts.mjs').Schema} Schema
 * @typedef {import('./plan.mjs').Plan} Plan
 * @typedef {Map<string, Schema>} Schemas
 */

/**
 * The options whose age the description does not tell: it only knows what came after 1.41, and not all of
 * that. From the Engine's own list of changes, by the first version that has them.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const forgotten = {
  1.25: [
    'ContainerConfig.StopTimeout',
    'ContainerExecBody.Env',
    'HostConfig.AutoRemove',
    'HostConfig.Mounts',
    'ImageBuildQuery.cachefrom',
    'ImageBuildQuery.networkmode',
    'Resources.NanoCpus',
    'VolumeDeleteQuery.force',
  ],
  1.28: [
    'ImageBuildQuery.extrahosts',
    'Mount.Consistency',
    'NetworkInspectQuery.verbose',
    'PluginDisableQuery.force',
    'Resources.DeviceCgroupRules',
    'ServiceSpec.RollbackConfig',
    'TaskSpec.ContainerSpec.ReadOnly',
  ],
  1.29: [
    'HealthConfig.StartPeriod',
    'NetworkCreateBody.Ingress',
    'ServiceInspectQuery.insertDefaults',
    'ServiceSpec.RollbackConfig.Order',
    'ServiceSpec.UpdateConfig.Order',
    'TaskSpec.ContainerSpec.Privileges',
  ],
  '1.30': [
    'ContainerWaitQuery.condition',
    'PutContainerArchiveQuery.copyUIDGID',
    'SwarmInitBody.DataPathAddr',
    'SwarmJoinBody.DataPathAddr',
    'SwarmSpec.CAConfig.ForceRotate',
    'SwarmSpec.CAConfig.SigningCACert',
    'SwarmSpec.CAConfig.SigningCAKey',
    'TaskSpec.Placement.Platforms',
  ],
  1.31: ['NetworkInspectQuery.scope', 'SecretSpec.Driver', 'TaskSpec.PluginSpec'],
  1.32: ['EndpointSettings.DriverOpts', 'ImageBuildQuery.platform', 'ImageCreateQuery.platform'],
  1.35: ['ContainerExecBody.WorkingDir', 'ContainerLogsQuery.until', 'TaskSpec.ContainerSpec.Isolation'],
  1.37: ['ConfigSpec.Templating', 'SecretSpec.Templating'],
  1.39: ['SwarmInitBody.DefaultAddrPool', 'SwarmInitBody.SubnetSize'],
  '1.40': [
    'ImageBuildQuery.outputs',
    'Mount.BindOptions.NonRecursive',
    'Resources.DeviceRequests',
    'SwarmInitBody.DataPathPort',
    'TaskSpec.ContainerSpec.Configs[].Runtime',
    'TaskSpec.ContainerSpec.Privileges.CredentialSpec.Config',
    'TaskSpec.ContainerSpec.Sysctls',
    'TaskSpec.Placement.MaxReplicas',
  ],
  1.41: [
    'ContainerCreateQuery.platform',
    'ContainerStatsQuery.one-shot',
    'HostConfig.CgroupnsMode',
    'Limit.Pids',
    'ServiceListQuery.status',
    'ServiceSpec.Mode.GlobalJob',
    'ServiceSpec.Mode.ReplicatedJob',
    'TaskSpec.ContainerSpec.CapabilityAdd',
    'TaskSpec.ContainerSpec.CapabilityDrop',
    'TaskSpec.ContainerSpec.Ulimits',
  ],
  1.42: [
    'ContainerExecBody.ConsoleSize',
    'ExecStartBody.ConsoleSize',
    'VolumeCreateRequest.ClusterVolumeSpec',
  ],
  1.48: ['NetworkCreateBody.EnableIPv4'],
}

/**
 * Writes into the planned types what the description forgot.
 *
 * @param {Plan} plan
 * @returns {string[]} the options that are not there
 */
export function date(plan) {
  const types = [...plan.definitions, ...plan.sections.flatMap((section) => section.types)]
  const schemas = new Map(types.map(({ name, schema }) => [name, schema]))
  return Object.entries(forgotten).flatMap(([since, options]) =>
    options.filter((option) => !stamp(option, since, schemas)),
  )
}

/**
 * @param {string} option
 * @param {string} since
 * @param {Schemas} schemas
 */
function stamp(option, since, schemas) {
  const [type = '', ...steps] = option.replaceAll('[]', '.[]').split('.')
  let schema = schemas.get(type)
  for (const step of steps) schema = schema && member(schema, step, schemas)
  if (schema === undefined || schema.since !== undefined) return false
  schema.since = since
  return true
}

/**
 * @param {Schema} schema
 * @param {string} step
 * @param {Schemas} schemas
 * @returns {Schema | undefined}
 */
function member(schema, step, schemas) {
  if (step === '[]') return schema.items
  const { bases, properties } = shapeOf(schema)
  if (properties[step]) return properties[step]
  const inherited = bases.map((base) => member(schemas.get(base) ?? {}, step, schemas))
  return inherited.find((found) => found !== undefined)
}

/** What Engines before its version do in any case, so that it need not be refused. */
const implied = ['ReadOnlyNonRecursive']

/**
 * Every option inside of a body that came later than the endpoint, as 'HostConfig.Mounts[].Consistency'.
 *
 * @param {Schema | undefined} body
 * @param {Schemas} definitions
 * @returns {Record<string, string>}
 */
export function datedFields(body, definitions) {
  /** @type {Record<string, string>} */
  const fields = {}
  if (body) collect(body, '', [])
  return fields

  /**
   * @param {Schema} schema
   * @param {string} place
   * @param {readonly string[]} inside the definitions that this is part of
   */
  function collect(schema, place, inside) {
    const { bases, properties } = shapeOf(schema)
    for (const base of bases.filter((name) => !inside.includes(name))) {
      collect(definitions.get(base) ?? {}, place, [...inside, base])
    }
    for (const [name, property] of Object.entries(properties)) {
      const at = place === '' ? name : `${place}.${name}`
      if (property.told) continue
      if (property.since && !implied.includes(name)) fields[at] = property.since
      collect(property, at, inside)
    }
    if (schema.items) collect(schema.items, `${place}[]`, inside)
    const values = schema.additionalProperties
    if (typeof values === 'object') collect(values, `${place}.*`, inside)
  }
}
