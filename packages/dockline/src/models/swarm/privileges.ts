import type {
  TaskSpecContainerSpecPrivileges,
  TaskSpecContainerSpecPrivilegesAppArmor,
  TaskSpecContainerSpecPrivilegesCredentialSpec,
  TaskSpecContainerSpecPrivilegesSELinuxContext,
  TaskSpecContainerSpecPrivilegesSeccomp,
} from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import { table } from '../options/table.js'
import { flag, object, oneOf, parted, text } from '../options/values.js'
import { grouped } from './grouped.js'

/** Credentials of Windows, and settings of the kernel's security modules. */
export interface PrivilegesOptions {
  /** A config with the credential spec, by its id. API 1.40. */
  readonly credentialspecConfig?: string | undefined
  /** A file below the Engine's own folder for them. */
  readonly credentialspecFile?: string | undefined
  /** A value in the registry of the node. */
  readonly credentialspecRegistry?: string | undefined
  readonly selinuxDisable?: boolean | undefined
  readonly selinuxUser?: string | undefined
  readonly selinuxRole?: string | undefined
  readonly selinuxType?: string | undefined
  readonly selinuxLevel?: string | undefined
  /** API 1.44. */
  readonly seccompMode?: 'default' | 'unconfined' | 'custom' | undefined
  /** The profile in base64, for the mode `custom`. API 1.44. */
  readonly seccompProfile?: string | undefined
  /** API 1.44. */
  readonly appArmorMode?: 'default' | 'disabled' | undefined
  /** Keeps processes from gaining rights, as set-uid programs do. API 1.44. */
  readonly noNewPrivileges?: boolean | undefined
}

export type Privileges = PrivilegesOptions | Readonly<TaskSpecContainerSpecPrivileges>

type Friendly<Prefix extends string> = {
  readonly [Name in keyof PrivilegesOptions as Name extends `${Prefix}${string}` ? Name : never]?: unknown
}

const credentials = table<Friendly<'credentialspec'>, TaskSpecContainerSpecPrivilegesCredentialSpec>({
  credentialspecConfig: ['Config', text],
  credentialspecFile: ['File', text],
  credentialspecRegistry: ['Registry', text],
})

const selinux = table<Friendly<'selinux'>, TaskSpecContainerSpecPrivilegesSELinuxContext>({
  selinuxDisable: ['Disable', flag],
  selinuxUser: ['User', text],
  selinuxRole: ['Role', text],
  selinuxType: ['Type', text],
  selinuxLevel: ['Level', text],
})

const seccomp = table<Friendly<'seccomp'>, TaskSpecContainerSpecPrivilegesSeccomp>({
  seccompMode: ['Mode', oneOf('default', 'unconfined', 'custom')],
  seccompProfile: ['Profile', text],
})

const appArmor = table<Friendly<'appArmor'>, TaskSpecContainerSpecPrivilegesAppArmor>({
  appArmorMode: ['Mode', oneOf('default', 'disabled')],
})

const groups = {
  CredentialSpec: credentials,
  SELinuxContext: selinux,
  Seccomp: seccomp,
  AppArmor: appArmor,
}

const gains = table<Pick<PrivilegesOptions, 'noNewPrivileges'>, TaskSpecContainerSpecPrivileges>({
  noNewPrivileges: ['NoNewPrivileges', flag],
})

/** From friendly names, the Engine's, or some of each. */
export function privileges(value: unknown, option: string): TaskSpecContainerSpecPrivileges {
  const wire = grouped(value, option, { groups, others: gains.known })
  const [others] = parted(object(value, option), gains.known)
  refuseTwoCredentials(wire, option)
  return { ...wire, ...gains.parse(others, option) }
}

function refuseTwoCredentials(
  { CredentialSpec: spec }: TaskSpecContainerSpecPrivileges,
  option: string,
): void {
  const sources = Object.values(spec ?? {}).filter((source) => source !== '')
  if (sources.length <= 1) return
  throw new InvalidArgumentError(`${option} takes one credential spec: from a config, a file or the registry`)
}
