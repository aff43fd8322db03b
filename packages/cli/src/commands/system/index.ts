import { renamed } from '../../flags/command.js'
import type { Commands } from '../index.js'

export const SYSTEM_COMMANDS: Commands = {
  df: { summary: 'Show docker disk usage', load: () => import('./df.js') },
  events: {
    summary: 'Get real time events from the server',
    load: renamed('system events', () => import('../events.js')),
  },
  info: {
    summary: 'Display system-wide information',
    load: renamed('system info', () => import('../info.js')),
  },
  prune: { summary: 'Remove unused data', load: () => import('./prune.js') },
}
