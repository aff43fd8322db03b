import { defineForContainers } from './each.js'

export const command = defineForContainers((container) => container.pause())
