import type { Commands } from '../../index.js'

export const HISTORY_COMMANDS: Commands = {
  inspect: { summary: 'Inspect a build record', load: () => import('./inspect.js') },
  logs: { summary: 'Print the logs of a build record', load: () => import('./logs.js') },
  ls: { summary: 'List build records', aliases: ['list'], load: () => import('./ls.js') },
  rm: { summary: 'Remove build records', aliases: ['remove'], load: () => import('./rm.js') },
}
