import type { Commands } from '../index.js'

export const NETWORK_COMMANDS: Commands = {
  connect: { summary: 'Connect a container to a network', load: () => import('./connect.js') },
  create: { summary: 'Create a network', load: () => import('./create.js') },
  disconnect: { summary: 'Disconnect a container from a network', load: () => import('./disconnect.js') },
  inspect: {
    summary: 'Display detailed information on one or more networks',
    load: () => import('./inspect.js'),
  },
  ls: { summary: 'List networks', aliases: ['list'], load: () => import('./ls.js') },
  prune: { summary: 'Remove all unused networks', load: () => import('./prune.js') },
  rm: { summary: 'Remove one or more networks', aliases: ['remove'], load: () => import('./rm.js') },
}
