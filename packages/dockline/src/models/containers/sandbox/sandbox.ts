import type { Duplex } from 'node:stream'
import type { ApiClient, ContainerInspectResponse, ContainerUpdateResponse } from '../../../api/index.js'
import { ImageNotFoundError, InvalidArgumentError, NotFoundError } from '../../../errors.js'
import { type CallOptions, deadline } from '../../../http/index.js'
import { hasKeeper, KEEPER_ARCHITECTURES, type KeeperArchitecture, keeperTar } from '../../../keeper/index.js'
import { readCall } from '../../base/call.js'
import { discarding } from '../../base/discard.js'
import { makeMark } from '../../base/inherited.js'
import { resources } from '../../options/index.js'
import { dialectOf } from '../../podman/dialect.js'
import { awaitRemoval } from '../../removal/under-way.js'
import { settleExecs } from '../../sessions/exec.js'
import { Container } from '../container.js'
import type { UpdateOptions } from '../container-options.js'
import { createContainer, type RunContext } from '../create-container.js'
import { refuseUnlimited } from './engine-limits.js'
import { removeForgotten, SANDBOX_LABEL } from './forgotten.js'
import {
  KEEPER_FOLDER,
  KEEPER_NAME,
  planSandbox,
  refuseWeak,
  type SandboxOptions,
  type SandboxPermission,
  sandboxBody,
  sandboxExec,
} from './sandbox-options.js'

/**
 * A running container for programs that nobody trusts. It ends with this process or client, and is removed
 * then.
 */
export class Sandbox extends Container<ContainerInspectResponse> implements AsyncDisposable {
  readonly #leash: Duplex
  readonly #allowed: readonly SandboxPermission[]

  constructor(
    api: ApiClient,
    attrs: ContainerInspectResponse,
    { leash, allowed }: { readonly leash: Duplex; readonly allowed: readonly SandboxPermission[] },
  ) {
    super(api, { id: attrs.Id ?? '', attrs })
    this.#leash = leash
    this.#allowed = allowed
    settleExecs(this, (body) => sandboxExec(body, allowed))
  }

  /** Changes what the sandbox may use, within what its `allow` permits. `POST /containers/{id}/update` */
  override async update(options: UpdateOptions): Promise<ContainerUpdateResponse> {
    refuseWeak({ HostConfig: resources(options) }, options, this.#allowed)
    return super.update(options)
  }

  /** Ends all that runs in the sandbox and removes it. A sandbox that is gone is no error. `DELETE /containers/{id}` */
  async close(options: CallOptions = {}): Promise<void> {
    try {
      await removeNow(this.api, this.id, readCall(options))
    } finally {
      // It ends all that runs also where the Engine refuses the removal.
      this.#leash.destroy()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Creates and starts a sandbox, and resolves when it runs. */
export async function startSandbox(
  context: RunContext,
  image: string,
  options: SandboxOptions,
): Promise<Sandbox> {
  const plan = planSandbox(image, options)
  const { request, pull, auth, allowed } = plan
  const { api } = context
  using limit = deadline(`starting a sandbox of ${image}`, plan.call.signal, plan.call.timeout)
  const { call } = limit
  const asked = api.system.info(call)
  const [architecture, info, volumes] = await Promise.all([
    architectureOf(api, call),
    asked,
    volumesOf(context, image, { pull, auth, platform: request.query.platform, ...call }),
    removeForgotten(api, asked, call),
  ])
  refuseUnlimited(info, request.body)
  const body = sandboxBody(request.body, volumes, dialectOf(api))
  const marked = { ...body, Labels: { ...body.Labels, [SANDBOX_LABEL]: makeMark() } }
  const made = { ...request, body: marked }
  const id = await createContainer(context, { ...plan, request: made, pull: 'never', call })
  const started = startOnLeash(api, { id, architecture, allowed }, call)
  return await started.catch(discarding(api, ['container', id], call))
}

interface Made {
  readonly id: string
  readonly architecture: KeeperArchitecture
  readonly allowed: readonly SandboxPermission[]
}

/**
 * The leash is the stdin of the container's main process, which ends when nobody holds the other end: also when this process
 * is killed, or its machine is gone.
 */
async function startOnLeash(api: ApiClient, made: Made, call: CallOptions): Promise<Sandbox> {
  const { id, architecture, allowed } = made
  await api.containers.putArchive(id, { path: KEEPER_FOLDER }, keeperTar(architecture, KEEPER_NAME), call)
  const leash = await holdLeash(api, id, call)
  try {
    await api.containers.start(id, {}, call)
    return new Sandbox(api, await api.containers.inspect(id, {}, call), { leash, allowed })
  } catch (error) {
    leash.destroy()
    throw error
  }
}

/** It holds the container, and not this process: a client that is idle keeps no process alive. */
async function holdLeash(api: ApiClient, id: string, call: CallOptions): Promise<Duplex> {
  const { socket } = await api.containers.attach(id, { stream: true, stdin: true }, call)
  socket
    .on('error', () => {})
    .on('end', () => socket.destroy())
    .resume()
  ;(socket as { unref?(): void }).unref?.()
  return socket
}

async function architectureOf(api: ApiClient, call: CallOptions): Promise<KeeperArchitecture> {
  const { Arch, Os } = await api.system.version(call)
  if (Os === 'linux' && hasKeeper(Arch)) return Arch
  const known = KEEPER_ARCHITECTURES.join(' and ')
  throw new InvalidArgumentError(
    `a sandbox needs an Engine of Linux on ${known}, and this is ${Os} on ${Arch}`,
  )
}

type ImageCall = CallOptions & Pick<SandboxOptions, 'pull' | 'auth' | 'platform'>

/** The volumes that an image asks for, which is pulled where that is wanted. */
async function volumesOf({ images }: RunContext, image: string, call: ImageCall): Promise<string[]> {
  const { pull, auth, platform, ...limits } = call
  const fetch = () => images.pull(image, { platform, auth, ...limits })
  if (pull === 'always') await fetch()
  const found = await images.get(image, limits).catch(async (error) => {
    if (!(error instanceof ImageNotFoundError) || pull !== 'missing') throw error
    await fetch()
    return images.get(image, limits)
  })
  return Object.keys(found.attrs?.Config?.Volumes ?? {})
}

/** Resolves when it is gone. The Engine may be removing it already, and answers 409 then. */
async function removeNow(api: ApiClient, id: string, call: CallOptions): Promise<void> {
  try {
    await api.containers.delete(id, { force: true, v: true }, call)
  } catch (error) {
    if (!(error instanceof NotFoundError)) await awaitRemoval(api, id, { ...call, conflict: error })
  }
}
