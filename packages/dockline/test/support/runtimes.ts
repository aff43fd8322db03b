/** What the package is tested on; the command of one that is not here is undefined. */
export const RUNTIMES = [
  { name: 'Node', command: process.execPath, args: [] },
  { name: 'Bun', command: process.env.DOCKLINE_BUN, args: [] },
  { name: 'Deno', command: process.env.DOCKLINE_DENO, args: ['run', '-A'] },
] as const
