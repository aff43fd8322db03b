import type { ApiClient, ContainerCreateBody, ContainerInspectResponse } from '../../../api/index.js'
import type { CallOptions } from '../../../http/index.js'
import { type KeeperArchitecture, keeperTar } from '../../../keeper/index.js'
import { discarding } from '../../base/discard.js'
import { idOfMade } from '../../base/identity.js'
import { attachSession, planAttach } from '../attach.js'

/** The container whose processes a helper reaches, and the architecture of its Engine. */
export interface HelperTarget {
  readonly api: ApiClient
  readonly attrs: ContainerInspectResponse
  readonly architecture: KeeperArchitecture
}

/** How a helper ended, and what it wrote. */
export interface HelperResult {
  readonly exitCode: number | undefined
  readonly output: string
}

const NAME = '.dockline-keeper'
const ATTACH = planAttach({ tty: false, openStdin: false, stdinOnce: false, condition: 'next-exit' }, {})
/** On every helper: the id of the container it was made for. */
const LABEL = 'dockline.keeper'

/**
 * Runs the keeper in a container of its own that shares the processes of the target. So nothing has to be written into the
 * target, and nothing depends on the user, the files or the rights of the command. The image of the target is here already.
 */
export async function runKeeper(
  target: HelperTarget,
  words: readonly string[],
  call: CallOptions,
): Promise<HelperResult> {
  const { api } = target
  const { Id } = await api.containers.create(platformOf(target), helperBody(target.attrs, words), call)
  const id = idOfMade(Id, 'POST /containers/create')
  return runHelper(target, id, call).catch(discarding(api, ['container', id], call))
}

async function runHelper(
  { api, architecture }: HelperTarget,
  id: string,
  call: CallOptions,
): Promise<HelperResult> {
  await api.containers.putArchive(id, { path: '/' }, keeperTar(architecture, NAME), call)
  await using session = await attachSession({ api, id }, ATTACH, call)
  await api.containers.start(id, {}, call)
  const { output } = await session.output.collect()
  const { exitCode } = await session.exit
  return { exitCode, output: output.toString('utf8') }
}

/** An image of another architecture is run all the same: the keeper needs nothing of it. */
function platformOf({ attrs }: HelperTarget): { readonly platform?: string } {
  const { os, architecture, variant } = attrs.ImageManifestDescriptor?.platform ?? {}
  if (os === undefined || architecture === undefined) return {}
  return { platform: [os, architecture, variant].filter(Boolean).join('/') }
}

/** Describes a container with the least that ends processes of others, whatever the image says of its own. */
function helperBody(attrs: ContainerInspectResponse, words: readonly string[]): ContainerCreateBody {
  const { Id = '', Image, Config, HostConfig } = attrs
  return {
    Image,
    Entrypoint: [`/${NAME}`],
    Cmd: [...words],
    User: '0:0',
    WorkingDir: '/',
    Healthcheck: { Test: ['NONE'] },
    Labels: { [LABEL]: Id },
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      AutoRemove: true,
      NetworkMode: 'none',
      PidMode: HostConfig?.PidMode === 'host' ? 'host' : `container:${Id}`,
      UsernsMode: HostConfig?.UsernsMode,
      Runtime: HostConfig?.Runtime,
      // Processes of one security label reach each other.
      SecurityOpt: HostConfig?.SecurityOpt?.filter((option) => /^(?:apparmor|label)[=:]/.test(option)),
      CapDrop: ['ALL'],
      // To read the environment of processes of other users, and to send them signals.
      CapAdd: ['DAC_OVERRIDE', 'SYS_PTRACE', 'KILL'],
      Init: false,
      LogConfig: { Type: 'none' },
      // Without these, each VOLUME of the image would be copied.
      Mounts: Object.keys(Config?.Volumes ?? {}).map((path) => ({ Type: 'tmpfs', Target: path })),
    },
  }
}
