import type { Driver } from '../../api/index.js'
import { invalid } from '../options/values.js'
import { taskLogDriver } from './service-tables.js'

/** A driver by its name, or with options. */
export function driver(value: unknown, option: string): Driver {
  const { Name, Options } = taskLogDriver(value, option)
  if (!Name) return invalid(`${option}.name`, 'the name of a driver', Name)
  return Options === undefined ? { Name } : { Name, Options }
}
