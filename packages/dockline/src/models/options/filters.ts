import type { Filters } from '../../api/index.js'
import { filterSets } from '../../http/query.js'
import type { Convert } from './values.js'

/** Reads filters such as `{ label: ['a', 'b=c'] }`. */
export const filters: Convert<Filters> = (value) => filterSets(value) ?? {}
