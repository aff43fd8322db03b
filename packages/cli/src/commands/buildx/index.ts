import { renamed } from '../../flags/command.js'
import type { Commands } from '../index.js'
import { HISTORY_COMMANDS } from './history/index.js'

export const BUILDX_COMMANDS: Commands = {
  build: {
    summary: 'Start a build',
    aliases: ['b'],
    load: renamed('buildx build', async () => ({ spec: (await import('../build.js')).buildxSpec })),
  },
  du: { summary: 'Disk usage', load: () => import('./du.js') },
  history: { summary: 'Commands to work on build records', subcommands: HISTORY_COMMANDS },
  inspect: { summary: 'Inspect current builder instance', load: () => import('./inspect.js') },
  ls: { summary: 'List builder instances', load: () => import('./ls.js') },
  prune: { summary: 'Remove build cache', load: () => import('./prune.js') },
  version: { summary: 'Show the version of what builds', load: () => import('./version.js') },
}
