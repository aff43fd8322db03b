/** What the package is tested on; the command of one that is not here is undefined. */
export const RUNTIMES = [
  { name: 'Node', command: process.execPath, args: [] },
  { name: 'Bun', command: process.env.DOCKLINE_BUN, args: [] },
  { name: 'Deno', command: process.env.DOCKLINE_DENO, args: ['run', '-A'] },
] as const

/** The versions of Node that only long proofs are made on, which DOCKLINE_TEST_EVERY asks for. */
const OTHER_NODES = [
  { name: 'Node 22', command: process.env.DOCKLINE_NODE22, args: [] },
  { name: 'Node 24', command: process.env.DOCKLINE_NODE24, args: [] },
] as const

/** What is asked to build: with DOCKLINE_TEST_EVERY, every version of Node too. */
export const BUILDING_RUNTIMES = process.env.DOCKLINE_TEST_EVERY ? [...RUNTIMES, ...OTHER_NODES] : RUNTIMES
