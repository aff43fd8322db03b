import type { Commands } from '../index.js'

export const CONTEXT_COMMANDS: Commands = {
  create: { summary: 'Create a context', load: () => import('./create.js') },
  export: {
    summary: 'Export a context to a tar archive FILE or a tar stream on STDOUT.',
    load: () => import('./export.js'),
  },
  import: { summary: 'Import a context from a tar or zip file', load: () => import('./import.js') },
  inspect: {
    summary: 'Display detailed information on one or more contexts',
    load: () => import('./inspect.js'),
  },
  ls: { summary: 'List contexts', aliases: ['list'], load: () => import('./ls.js') },
  rm: { summary: 'Remove one or more contexts', aliases: ['remove'], load: () => import('./rm.js') },
  show: { summary: 'Print the name of the current context', load: () => import('./show.js') },
  update: { summary: 'Update a context', load: () => import('./update.js') },
  use: { summary: 'Set the current docker context', load: () => import('./use.js') },
}
