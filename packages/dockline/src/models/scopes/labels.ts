import type { ContainerCreateBody, ContainerSummary, Filters } from '../../api/index.js'
import { filterSets } from '../../http/query.js'
import { type ImageOwner, inheriting, makeMark } from '../base/inherited.js'

/** On the containers, networks and volumes of a scope, with the scope's id. */
export const SCOPE_LABEL = 'dockline.scope'
/** On the containers, each with a value of its own. A container that has it from its image is none of the scope. */
export const SCOPE_MARK_LABEL = 'dockline.scope.mark'
/** On the images of a scope. It is another name, because a container inherits the labels of its image. */
export const SCOPE_IMAGE_LABEL = 'dockline.scope.image'

export type Labels = Readonly<Record<string, string>>

/** A scope, as what is made in it has to know of it. */
export interface Marking {
  readonly id: string
  /** On all that is made, besides the label of the scope. */
  readonly labels: Labels
}

/** The labels of a container, a network or a volume. The label of the scope is the only one that nothing replaces. */
export function marked({ id, labels }: Marking, given?: Labels | null): Labels {
  return { ...labels, ...given, [SCOPE_LABEL]: id }
}

/** The labels of an image. */
export function markedImage({ id, labels }: Marking, given?: Labels | null): Labels {
  return { ...labels, ...given, [SCOPE_IMAGE_LABEL]: id }
}

/** The same filters, which match only what has the label. */
export function filtersWith(filters: unknown, label: string, id: string): Filters {
  const given = filterSets(filters) ?? {}
  return { ...given, label: { ...given.label, [`${label}=${id}`]: true } }
}

/** Those among containers with the label of a scope that have inherited it, and are none of the scope. */
export function outsiders(
  owner: ImageOwner,
  all: readonly ContainerSummary[],
): Promise<Set<ContainerSummary>> {
  return inheriting(owner, all, [SCOPE_LABEL, SCOPE_MARK_LABEL])
}

/** The request for a container with the labels, as have the volumes that the Engine makes for it. */
export function markedContainer(scope: Marking, body: ContainerCreateBody): ContainerCreateBody {
  const mounts = body.HostConfig?.Mounts?.map((mount) => {
    if (mount.Type !== 'volume') return mount
    const { VolumeOptions } = mount
    return { ...mount, VolumeOptions: { ...VolumeOptions, Labels: marked(scope, VolumeOptions?.Labels) } }
  })
  return {
    ...body,
    Labels: { ...marked(scope, body.Labels), [SCOPE_MARK_LABEL]: makeMark() },
    ...(mounts === undefined ? {} : { HostConfig: { ...body.HostConfig, Mounts: mounts } }),
  }
}

/** The volumes with a name that the Engine would make for a container, without labels. */
export function namedVolumes({ HostConfig }: ContainerCreateBody): string[] {
  const sources = (HostConfig?.Binds ?? []).map((bind) => /^([^:]+):/.exec(bind)?.[1] ?? '')
  return sources.filter((source) => VOLUME_NAME.test(source))
}

/** A drive of Windows has one letter, and a name at least two. */
const VOLUME_NAME = /^[a-zA-Z0-9][\w.-]+$/
