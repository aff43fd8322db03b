import type { ConfigFile } from '../file.js'

/** The keys of a proxy entry in config.json, and the variable each becomes. */
const VARIABLES = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  noProxy: 'NO_PROXY',
  ftpProxy: 'FTP_PROXY',
  allProxy: 'ALL_PROXY',
} as const

export type ProxyEntry = { readonly [Key in keyof typeof VARIABLES]?: string }

/** The proxy variables for containers of this Engine, in upper and lower case: its own entry's, else the default's. */
export function proxyVariables({ proxies }: ConfigFile, address: string): Record<string, string> {
  const entry = proxies?.[address] ?? proxies?.default ?? {}
  const variables: Record<string, string> = {}
  for (const [key, name] of Object.entries(VARIABLES) as [keyof ProxyEntry, string][]) {
    const value = entry[key]
    if (!value) continue
    variables[name] = value
    variables[name.toLowerCase()] = value
  }
  return variables
}
