import type { ApiClient } from '../../api/index.js'
import { NotFoundError } from '../../errors.js'
import { type CallOptions, type Deadline, deadline } from '../../http/index.js'
import { refuseDifferences } from '../base/difference.js'
import { getOrCreate } from '../base/get-or-create.js'
import type { ContainerCreateOptions } from '../options/index.js'
import { containerRemoved } from '../removal/under-way.js'
import type { Command } from '../sessions/exec-options.js'
import type { InspectedContainer } from './containers.js'
import { type CreateOptions, readCreate } from './create-container.js'
import { differencesFrom, labelsFor, type Wanted } from './same-container.js'

interface Surroundings {
  readonly api: ApiClient
  readonly containers: {
    create(image: string, command: Command | undefined, options: CreateOptions): Promise<InspectedContainer>
    get(id: string, options: CallOptions): Promise<InspectedContainer>
  }
}

/** A container that is wanted by its name, with options of type `Options`. */
interface Named<Options> extends Omit<Wanted, 'options'> {
  readonly options: Options & { readonly name: string }
}

export async function getOrCreateContainer(
  { api, containers }: Surroundings,
  { image, command, options }: Named<CreateOptions>,
): Promise<InspectedContainer> {
  const { pull, auth, useConfigProxy, signal, timeout, ...create } = options
  const wanted = { image, command, options: create }
  // What is wrong is refused before anything is asked.
  readCreate(image, command, options)
  using limit = deadline(`getting the container ${options.name}`, signal, timeout)
  return await getOrCreate({
    find: () => findSame({ api, containers }, wanted, limit),
    create: () => {
      const labelled = { ...create, ...labelsFor(api, wanted) }
      return containers.create(image, command, { ...labelled, pull, auth, useConfigProxy, ...limit.call })
    },
    signal: limit.signal,
  })
}

async function findSame(
  { api, containers }: Surroundings,
  wanted: Named<ContainerCreateOptions>,
  { call, signal }: Deadline,
): Promise<InspectedContainer | undefined> {
  const { name } = wanted.options
  try {
    const found = await containers.get(name, call)
    // An id may begin like the name.
    if (found.name !== name) return undefined
    if (found.status !== 'removing') {
      const differences = await differencesFrom(found, wanted, call)
      refuseDifferences(`the container '${name}'`, '/containers/create', differences)
      return found
    }
    await containerRemoved(api, found.id, signal)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
  }
  return undefined
}
