import { COMMANDS } from './index.js'

/**
 * All names of a command, as docker lists them: those in its group, then the short one. Nothing for a command that has
 * only one. `name` is the main one of either kind, as in 'container ls' or 'ps'.
 */
export function namesOf(name: string): readonly string[] {
  const inGroup = COMMANDS[name]?.also ?? name
  const names = [...groupNames(inGroup), ...shortNames(inGroup)]
  return names.length > 1 ? names : []
}

function groupNames(name: string): readonly string[] {
  const [group = '', word = ''] = name.split(' ')
  const aliases = COMMANDS[group]?.subcommands?.[word]?.aliases ?? []
  return [name, ...aliases.map((alias) => `${group} ${alias}`)]
}

function shortNames(name: string): readonly string[] {
  return Object.keys(COMMANDS).filter((short) => COMMANDS[short]?.also === name)
}
