/** Reads `name=value,name=value`: both sides are escaped as in the query of a URL. */
export function parseDetails(details: string): Record<string, string> {
  return Object.fromEntries(details.split(',').map(parsePair))
}

function parsePair(pair: string): [string, string] {
  const [name = '', value = ''] = pair.split('=').map((part) => {
    try {
      return decodeURIComponent(part.replaceAll('+', ' '))
    } catch {
      return part
    }
  })
  return [name, value]
}
