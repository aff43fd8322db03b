import type {
  EndpointPortConfig,
  GenericResource,
  Limit,
  NetworkAttachmentConfig,
  Platform,
  ResourceObject,
  ServiceSpecUpdateConfig,
  TaskSpecContainerSpecDNSConfig,
  TaskSpecLogDriver,
  TaskSpecPlacementPreference,
  TaskSpecResources,
  TaskSpecRestartPolicy,
} from '../../api/index.js'
import { refuseUnknown } from '../options/suggest.js'
import { table } from '../options/table.js'
import { bytesOrUnlimited, parseBytes, parseDuration } from '../options/units.js'
import {
  array,
  type Convert,
  integer,
  invalid,
  object,
  oneOf,
  type StringMap,
  stringMap,
  strings,
  text,
} from '../options/values.js'
