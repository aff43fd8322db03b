import { after } from 'node:test'
import { aRegistry as anOwnedRegistry, type Login } from '../../../dockline/dist-test/support/registry.js'

export { enginePid, type Login } from '../../../dockline/dist-test/support/registry.js'

/**
 * The address of a real registry, as in '127.0.0.1:41234', where only this Engine finds it: in its network namespace.
 * It is gone after the tests it is made for.
 */
export async function aRegistry(pid: number, login?: Login): Promise<string> {
  const { address } = await anOwnedRegistry({ after: (cleanup) => after(() => cleanup()) }, pid, login)
  return address
}
