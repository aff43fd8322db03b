export { nearest, refuseUnknown } from '../../support/suggest.js'
export type { ConfigOptions, HealthcheckOptions } from './config.js'
export {
  type ContainerCreateOptions,
  type CreateRequest,
  createOptionNames,
  createRequest,
} from './create.js'
export {
  type DeviceOptions,
  type DeviceRate,
  type DeviceRequestOptions,
  type DeviceWeight,
  parseDevice,
  parseGpus,
} from './devices.js'
export { type Environment, parseEnvironment } from './environment.js'
export { type EnvFileOptions, parseEnvFile, readEnvFile } from './environment-file.js'
export type { HostOptions, Links } from './host.js'
export { parseRestartPolicy, parseUlimit, type RestartPolicyOptions, type UlimitOptions } from './limits.js'
export { parseMountString } from './mount-string.js'
export { type MountOptions, parseMount } from './mounts.js'
export { type EndpointOptions, endpointSettings, type NetworkOptions } from './network.js'
export { type ParsedPorts, type PortBindingOptions, type Ports, parsePorts } from './ports.js'
export { type ResourceOptions, resourceNames, resources } from './resources.js'
export { parseBytes, parseDuration } from './units.js'
export { type Scalar, type StringMap, stringMap } from './values.js'
export { type BindOptions, type ParsedVolumes, parseVolumes, type Volumes } from './volumes.js'
export { splitCommand, splitFields } from './words.js'
