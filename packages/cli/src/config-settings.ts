import type { ConfigFile } from 'dockline/syntax'

/** The settings of config.json that are text. Others, such as those of plugins, are nobody's business here. */
const FORMATS = 'ps|images|networks|plugins|volumes|stats|serviceInspect|services|tasks|secret|config|nodes'
const TEXT = new RegExp(`^(?:(?:${FORMATS})Format|detachKeys|currentContext|credsStore)$`)

/** The settings that are what they should be. null is nothing; of all that is wrong, the first is described as docker does it. */
export function settingsIn(config: ConfigFile): [settings: ConfigFile, fault: string | undefined] {
  const wrong = Object.entries(config).filter(([name, value]) => TEXT.test(name) && typeof value !== 'string')
  if (wrong.length === 0) return [config, undefined]
  const names = new Set(wrong.map(([name]) => name))
  const [first] = wrong.filter(([, value]) => value !== null)
  const fault =
    first && `cannot unmarshal ${kindOf(first[1])} into Go struct field ConfigFile.${first[0]} of type string`
  return [Object.fromEntries(Object.entries(config).filter(([name]) => !names.has(name))), fault]
}

/** In the words of Go. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
