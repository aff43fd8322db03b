import type { Commands } from '../index.js'

export const VOLUME_COMMANDS: Commands = {
  create: { summary: 'Create a volume', load: () => import('./create.js') },
  inspect: {
    summary: 'Display detailed information on one or more volumes',
    load: () => import('./inspect.js'),
  },
  ls: { summary: 'List volumes', aliases: ['list'], load: () => import('./ls.js') },
  prune: { summary: 'Remove unused local volumes', load: () => import('./prune.js') },
  rm: { summary: 'Remove one or more volumes', aliases: ['remove'], load: () => import('./rm.js') },
}
