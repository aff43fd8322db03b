import { defineStopping } from './stopping.js'

export const command = defineStopping((container, options) => container.restart(options))
