import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { OciLayout, type OutputTarget } from '../../../buildkit/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { formatReference, registryOf, withoutRegistry } from '../../../support/reference.js'
import { refuseUnknown } from '../../../support/suggest.js'
import { flag, invalid, invalidKind, object, oneOf, orText, show, text } from '../../options/values.js'
import { parseTag } from '../image.js'
import { scalars } from './cache.js'
import { csvAttributes, readBoolean, toCsv } from './csv.js'
import type { EngineAbilities } from './engine.js'

/** An exporter in BuildKit's words, and where on this machine its output goes. */
export interface PlannedOutput {
  readonly type: 'image' | 'local' | 'tar' | 'oci' | 'docker'
  readonly attrs: Readonly<Record<string, string>>
  readonly target: OutputTarget | undefined
  /** As it was given. */
  readonly dest: string | Writable | undefined
  readonly push: boolean
}

const TYPES = oneOf('image', 'local', 'tar', 'oci', 'docker', 'none')

/** The names of the image take precedence over those of the outputs. */
export function readOutputs(value: unknown, names: readonly string[], push: boolean): PlannedOutput[] {
  const given = value === undefined ? ['type=image'] : Array.isArray(value) ? value : [value]
  const outputs = given.flatMap((each, index) => {
    const option = Array.isArray(value) ? `outputs[${index}]` : 'outputs'
    return outputOf(settingsOf(each, option), { names, push, option })
  })
  if (!push || outputs.some(({ type }) => type === 'image')) return outputs
  throw new InvalidArgumentError('push: none of the outputs is an image in the store of the Engine')
}

interface Settings {
  readonly type: string
  readonly dest?: string | Writable | undefined
  readonly push: boolean
  readonly attrs: Readonly<Record<string, string>>
}

/** A path alone is a folder, and `-` is stdout. */
function settingsOf(value: unknown, option: string): Settings {
  if (typeof value === 'string' && !value.includes('='))
    return settingsOf(toCsv([value === '-' ? 'type=tar' : 'type=local', `dest=${value}`]), option)
  if (typeof value === 'string') {
    const { type = '', dest, push = String(type === 'registry'), ...attrs } = csvAttributes(value, option)
    return {
      type: typeNamed(type),
      dest: dest === '-' ? process.stdout : dest,
      push: readBoolean(push) ?? invalid(`${option}.push`, 'true or false', push),
      attrs,
    }
  }
  const given = object(value, option, orText('type=local,dest=out'))
  refuseUnknown(given, ['type', 'dest', 'push', 'name', 'attrs'], option)
  const { type, dest, push = false, name, attrs = {} } = given
  const named = name === undefined ? {} : { name: text(name, `${option}.name`) }
  const others = scalars(attrs, `${option}.attrs`)
  return {
    type: text(type, `${option}.type`),
    dest: dest as Settings['dest'],
    push: flag(push, `${option}.push`) || readBoolean(others.push ?? '') === true,
    attrs: { ...named, ...others },
  }
}

/** docker's own words for the same. */
function typeNamed(type: string): string {
  if (type === 'registry') return 'image'
  return type === 'cacheonly' ? 'none' : type
}

interface Wanted {
  readonly names: readonly string[]
  readonly push: boolean
  readonly option: string
}

function outputOf({ type: given, dest, attrs: own, ...asked }: Settings, wanted: Wanted): PlannedOutput[] {
  const { option } = wanted
  const type = TYPES(given, `${option}.type`)
  if (type === 'none') return []
  const name = String(wanted.names) || own.name?.replace(/[^,]+/g, (each) => fullName(each, `${option}.name`))
  const attrs = type === 'local' || type === 'tar' || !name ? own : { ...own, name }
  if (type === 'image' || (type === 'docker' && dest === undefined)) {
    const push = wanted.push || asked.push
    if (push && !name) throw new InvalidArgumentError(`${option}: a tag is needed when pushing to registry`)
    return [{ type: 'image', attrs, target: undefined, dest: undefined, push }]
  }
  return [{ type, attrs, target: targetOf(type, { dest, attrs }, option), dest, push: false }]
}

function targetOf(
  type: string,
  { dest, attrs }: Pick<Settings, 'dest' | 'attrs'>,
  option: string,
): OutputTarget | undefined {
  if (dest === undefined || dest === '') {
    const place = type === 'local' ? 'the path of a folder' : 'the path of a file, or a Writable,'
    return invalid(`${option}.dest`, `${place} for type '${type}'`, dest)
  }
  if (isUnpacked(attrs)) return undefined
  if (dest instanceof Writable) {
    if (type === 'local') return invalid(`${option}.dest`, 'the path of a folder', dest)
    return dest.writable
      ? { kind: 'stream', stream: dest }
      : invalid(`${option}.dest`, 'a stream that has not ended', dest)
  }
  if (typeof dest !== 'string') return invalidKind(`${option}.dest`, 'a path or a Writable', dest)
  return { kind: type === 'local' ? 'folder' : 'file', path: resolve(dest) }
}

/** With the registry and the tag, as BuildKit wants it. */
export function fullName(name: string, option: string): string {
  const { repository, tag = 'latest' } = parseTag(name, option)
  const registry = registryOf(repository)
  const path = withoutRegistry(repository)
  const isOfficial = registry === 'docker.io' && !path.includes('/')
  return formatReference({ repository: `${registry}/${isOfficial ? 'library/' : ''}${path}`, tag })
}

function isUnpacked({ tar = '' }: Settings['attrs']): boolean {
  return readBoolean(tar) === false
}

/** The folder that an image is written to blob by blob, where that is what was asked for. */
export function layoutOf({ attrs, dest }: PlannedOutput): OciLayout | undefined {
  return isUnpacked(attrs) && typeof dest === 'string' ? new OciLayout(resolve(dest)) : undefined
}

/** Refuses what could only fail once all steps have run. */
export async function checkDestinations(outputs: readonly PlannedOutput[]): Promise<void> {
  const taken = new Set<unknown>()
  for (const { target, dest } of outputs) {
    if (target === undefined) continue
    const refuse = (reason: string): never => {
      throw new InvalidArgumentError(`outputs: ${typeof dest === 'string' ? dest : 'a stream'} ${reason}`)
    }
    const place = target.kind === 'stream' ? target.stream : target.path
    if (taken.has(place)) refuse('is to take more than one output')
    taken.add(place)
    if (target.kind === 'stream') continue
    const isFolder = await stat(target.path).then(
      (stats) => stats.isDirectory(),
      ({ code }) => (code === 'ENOTDIR' ? refuse('is below a file') : undefined),
    )
    if (target.kind === 'folder' && isFolder === false) refuse('is a file')
    if (target.kind === 'folder') continue
    if (isFolder) refuse('is a folder')
    await stat(dirname(target.path)).catch(() => refuse('is in a folder that is not there'))
  }
}

/** Refuses what would fail late, or be left out without a word. */
export function checkOutputs(outputs: readonly PlannedOutput[], engine: EngineAbilities): void {
  if (outputs.length > 1 && !engine.hasSeveralOutputs)
    throw new InvalidArgumentError(
      'outputs: this Engine makes one output of a build, Engine 26 and later several',
    )
  if (engine.hasContainerdStore) return
  const packed = outputs.find(({ type }) => type === 'oci' || type === 'docker')
  if (packed !== undefined)
    throw new InvalidArgumentError(`outputs: this Engine cannot make one of type ${show(packed.type)}`, {
      hint: "only with containerd's image store; image.save() makes such a file of an image",
    })
}
