import { bool, text } from './flag.js'

/** The flags that stand before the command. */
export const GLOBAL = {
  context: text('Name of the context to use (overrides DOCKER_HOST and DOCKER_CONTEXT)', { short: 'c' }),
  debug: bool('Accepted for the sake of scripts; changes nothing', 'D'),
  help: bool('Print usage', 'h'),
  host: text('Engine to connect to, as in unix:///var/run/docker.sock', { short: 'H' }),
  version: bool('Print version information and quit', 'v'),
}
