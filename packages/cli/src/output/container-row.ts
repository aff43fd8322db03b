import type { ContainerSummary, OCIPlatform } from 'dockline/api'
import { quoted } from '../go/quote.js'
import { goTime } from '../go/time.js'
import type { TemplateData } from '../template/index.js'
import { STRING, STRINGS, type Type, Value } from '../template/values.js'
import { ago } from './duration.js'
import type { ListLayout } from './list.js'
import { displayPorts } from './ports.js'
import { humanSize } from './size.js'
import { ellipsis, familiarName, shortId } from './words.js'

const HEADERS = {
  ID: 'CONTAINER ID',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  State: 'STATE',
  Status: 'STATUS',
  Ports: 'PORTS',
  Names: 'NAMES',
  Size: 'SIZE',
  Labels: 'LABELS',
  Mounts: 'MOUNTS',
  LocalVolumes: 'LOCAL VOLUMES',
  Networks: 'NETWORKS',
  Platform: 'PLATFORM',
}
const COLUMNS = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names']

const RAW = `container_id: {{.ID}}
image: {{.Image}}
command: {{.Command}}
created_at: {{.CreatedAt}}
state: {{- pad .State 1 0}}
status: {{- pad .Status 1 0}}
names: {{.Names}}
labels: {{- pad .Labels 1 0}}
ports: {{- pad .Ports 1 0}}
`
const RAW_ID = 'container_id: {{.ID}}'

export const PS_LAYOUT: ListLayout = {
  columns: COLUMNS,
  id: 'ID',
  headers: HEADERS,
  raw: { item: RAW, id: RAW_ID },
}
export const PS_SIZE_LAYOUT: ListLayout = {
  ...PS_LAYOUT,
  columns: [...COLUMNS, 'Size'],
  raw: { item: `${RAW}size: {{.Size}}\n`, id: RAW_ID },
}

/** A container with docker's field names, in docker's words. */
export function containerRow(summary: ContainerSummary, truncate: boolean): TemplateData {
  const { Id = '', Command = '', Created = 0, Labels: labels = {}, Ports, State, Status } = summary
  return {
    labels,
    fields: {
      Command: quoted(truncate ? ellipsis(Command, 20) : Command),
      // Only when asked for: the names of time zones take as long to load as the rest takes to run.
      get CreatedAt() {
        return goTime(Created)
      },
      ID: truncate ? shortId(Id) : Id,
      Image: imageName(summary, truncate),
      Labels: Object.entries(labels)
        .sort(byName)
        .map(([name, value]) => `${name}=${value}`)
        .join(','),
      LocalVolumes: String(summary.Mounts?.filter(({ Driver }) => Driver === 'local').length ?? 0),
      Mounts: mounts(summary, truncate),
      Names: names(summary, truncate),
      Networks: Object.keys(summary.NetworkSettings?.Networks ?? {})
        .sort()
        .join(','),
      Platform: platform(summary),
      Ports: displayPorts(Ports ?? []),
      RunningFor: ago(Created),
      Size: size(summary),
      State: State ?? '',
      Status: Status ?? '',
    },
  }
}

/** A container whose image has lost its name shows a short id; a digest is cut off. */
function imageName({ Image = '', ImageID = '' }: ContainerSummary, truncate: boolean): string {
  if (Image === '') return '<no image>'
  if (!truncate) return Image
  if (shortId(ImageID) === shortId(Image)) return shortId(Image)
  return familiarName(Image.replace(/@.*$/, ''))
}

/** Links make further names, with a slash inside. */
function names({ Names = [] }: ContainerSummary, truncate: boolean): string {
  const all = Names.map((name) => name.replace(/^\//, ''))
  return (truncate ? all.filter((name) => !name.includes('/')).slice(0, 1) : all).join(',')
}

function mounts({ Mounts }: ContainerSummary, truncate: boolean): string {
  const sources = (Mounts ?? []).map(({ Name, Source }) => Name || Source || '')
  return sources.map((source) => (truncate ? ellipsis(source, 15) : source)).join(',')
}

function platform({ ImageManifestDescriptor: descriptor }: ContainerSummary): Value {
  return new Value(PLATFORM, descriptor?.platform ?? null)
}

function field(name: string, key: string, type: Type) {
  return { name, key, type, omitted: true, embedded: false }
}

/** What an image is for, which prints itself as 'linux/arm64/v8'. */
const PLATFORM: Type = {
  kind: 'pointer',
  name: '*formatter.Platform',
  element: {
    kind: 'struct',
    name: 'formatter.Platform',
    fields: [
      { ...field('Architecture', 'architecture', STRING), omitted: false },
      { ...field('OS', 'os', STRING), omitted: false },
      field('OSVersion', 'os.version', STRING),
      field('OSFeatures', 'os.features', STRINGS),
      field('Variant', 'variant', STRING),
    ],
    words: (parts) => platformWords(parts as OCIPlatform),
  },
}

function platformWords({ os = '', 'os.version': version, architecture, variant }: OCIPlatform): string {
  if (os === '') return 'unknown'
  return [version ? `${os}(${version})` : os, architecture, variant].filter(Boolean).join('/')
}

function size({ SizeRw, SizeRootFs }: ContainerSummary): string {
  const own = humanSize(SizeRw ?? 0)
  return SizeRootFs ? `${own} (virtual ${humanSize(SizeRootFs)})` : own
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}
