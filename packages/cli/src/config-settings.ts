import type { ConfigFile } from 'dockline/syntax'

/** The settings of config.json that are text. pruneFilters is a list of texts. All others, such as those of plugins, are passed on. */
const FORMATS = 'ps|images|networks|plugins|volumes|stats|serviceInspect|services|tasks|secret|config|nodes'
const TEXT = new RegExp(`^(?:(?:${FORMATS})Format|detachKeys|currentContext|credsStore)$`)

/** The settings that are what they should be. null is nothing; of all that is wrong, the first is described as docker does it. */
export function settingsIn(config: ConfigFile): [settings: ConfigFile, fault: string | undefined] {
  const faults: string[] = []
  const isRight = (is: boolean, value: unknown, where: string) => {
    if (!is && value !== null) faults.push(`cannot unmarshal ${kindOf(value)} into ${where}`)
    return is
  }
  const settings = Object.entries(config).flatMap(([name, value]) => {
    const field = `Go struct field ConfigFile.${name} of type`
    if (name === 'pruneFilters') {
      if (!isRight(Array.isArray(value), value, `${field} []string`)) return []
      const texts = (value as unknown[]).filter((each, at) =>
        isRight(typeof each === 'string', each, `ConfigFile.${name}.${at} of type string`),
      )
      return [[name, texts]]
    }
    const isKept = !TEXT.test(name) || isRight(typeof value === 'string', value, `${field} string`)
    return isKept ? [[name, value]] : []
  })
  return [Object.fromEntries(settings), faults[0]]
}

/** In the words of Go. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
