/** `linux/arm64/v8` as an Engine takes it. */
export function platformQuery(platform: string): Readonly<Record<string, string>> {
  const [os = '', architecture, variant] = platform.split('/')
  return { os, ...(architecture && { architecture }), ...(variant && { variant }) }
}
