import { defineCommand } from '../../command.js'
import { contextStore } from '../../context-store.js'
import { ExitError } from '../../errors.js'
import { bool } from '../../flags/flag.js'
import { forEach } from '../each.js'

const flags = { force: bool('Force the removal of a context in use', 'f') }

export const command = defineCommand({
  usage: 'CONTEXT [CONTEXT...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { force }, operands }) {
    const store = await contextStore(cli)
    return forEach(cli, { names: operands }, async (name) => {
      if (!force && name !== 'default' && name === cli.context) {
        throw new ExitError(`context "${name}" is in use, set -f flag to force remove`)
      }
      await store.remove(name, { force }).catch((error) => {
        if (!isMissing(error)) throw error
        if (!force) throw missing(name, error)
      })
    })
  },
})

/** No context has a name that the library refuses, such as one of a single letter. */
function isMissing({ code, message }: { readonly code?: unknown; readonly message?: unknown }): boolean {
  return code === 'ERR_DOCKER_CONTEXT_NOT_FOUND' || / is invalid, names are validated /.test(String(message))
}

function missing(name: string, cause: unknown): ExitError {
  return new ExitError(`context "${name}" does not exist`, undefined, cause)
}
