import { COMMANDS, type Commands } from '../../dist/tree.js'

/** The words that lead to each command, also by its other names. */
export function commandPaths(commands: Commands = COMMANDS): readonly string[] {
  return Array.from(commands, ([word, { subcommands }]) => {
    return subcommands === undefined ? [word] : commandPaths(subcommands).map((path) => `${word} ${path}`)
  }).flat()
}
