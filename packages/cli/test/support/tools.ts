export { withoutDocker } from './docker-command.js'

/** Here the names alone say something: their values are always empty. */
const SETS = ['ExposedPorts', 'Volumes', 'Labels', 'PortBindings', 'Entrypoint']

/**
 * The value without everything that says nothing: docker sends its defaults, Dockline leaves them to the
 * Engine.
 */
export function meaningful(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(meaningful)
    return items.every((item) => item === undefined) ? undefined : items
  }
  if (typeof value !== 'object' || value === null) {
    return value === '' || value === 0 || value === false || value === null ? undefined : value
  }
  const entries = Object.entries(value).map(([key, content]) => [
    key,
    SETS.includes(key) ? filled(content) : meaningful(content),
  ])
  const telling = entries.filter(([, content]) => content !== undefined)
  return telling.length === 0 ? undefined : Object.fromEntries(telling)
}

function filled(value: unknown): unknown {
  return value === null || Object.keys(value as object).length === 0 ? undefined : value
}
