/**
 * Words of docker's short flags, of docker-py and of the Engine's API, and the word that has the same meaning here. Docker-py's
 * snake_case and the Engine's PascalCase are read as camelCase first.
 */
const SYNONYMS: Readonly<Record<string, string>> = {
  // Before the others that have a t or an i: beside them, -t is the terminal and -i is `interactive`.
  tty: 't terminal',
  interactive: 'i stdinOpen openStdin',
  all: 'a',
  allTags: 'a all',
  apiVersion: 'version',
  auth: 'authConfig withRegistryAuth',
  author: 'a',
  autolockManagers: 'autolock',
  bind: 'target destination dst',
  buildArgs: 'buildArg buildargs args',
  cacheFrom: 'cachefrom',
  capAdd: 'capabilityAdd capabilities',
  capDrop: 'capabilityDrop',
  changes: 'c',
  cgroupns: 'cgroupnsMode cgroup',
  columns: 'cols width w',
  compress: 'gzip',
  command: 'entrypoint',
  config: 'conf',
  constraints: 'placement',
  context: 'path contextDir',
  cpus: 'nanoCpus cpu cpuLimit limitCpu',
  cpuRtPeriod: 'cpuRealtimePeriod',
  cpuRtRuntime: 'cpuRealtimeRuntime',
  cpusReservation: 'cpuReservation reserveCpu',
  cpuShares: 'c',
  credentialEnv: 'credstoreEnv',
  data: 'content',
  detach: 'd background',
  deviceReadBps: 'blkioDeviceReadBps',
  deviceReadIops: 'blkioDeviceReadIOps',
  deviceWriteBps: 'blkioDeviceWriteBps',
  deviceWriteIops: 'blkioDeviceWriteIOps',
  dnsOption: 'dnsOpt dnsOptions dnsOpts',
  dockerfileContent: 'fileobj dockerfileInline',
  dockerfile: 'f file',
  driver: 'd templateDriver',
  driverOpt: 'o driverOpts driverOptions opt opts',
  'endpointSpec.mode': 'endpointMode',
  enableIpv4: 'ipv4',
  enableIpv6: 'ipv6',
  env: 'e environment envs',
  extraHosts: 'addHost hosts',
  filters: 'f name status before since',
  follow: 'f',
  force: 'f',
  forceRemove: 'forceRm forcerm',
  groupAdd: 'groups group',
  headers: 'userAgent',
  healthcheck: 'health noHealthcheck',
  host: 'socketPath baseUrl dockerHost url port protocol',
  hostname: 'h',
  input: 'stdin data interactive i attachStdin',
  ip: 'ipv4Address ipv4',
  ip6: 'ipv6Address ipv6',
  'ipam.pools': 'subnet gateway ipRange auxAddress',
  'ipam.driver': 'ipamDriver',
  'ipam.options': 'ipamOpt',
  ipc: 'ipcMode',
  joinToken: 'token',
  keepOldSnapshots: 'maxSnapshots',
  labels: 'l label',
  limit: 'n last',
  link: 'l',
  links: 'link',
  localName: 'alias',
  logDriver: 'logConfig',
  logOpt: 'logOpts logOptions logDriverOptions',
  maxBytes: 'maxSize maxBuffer limit',
  maximumRetryCount: 'retries maxRetries maximumRetries',
  maxReplicas: 'replicasMaxPerNode',
  maxOutput: 'maxBuffer outputLimit limit',
  memory: 'm mem memLimit limitMemory',
  memoryReservation: 'memReservation reserveMemory',
  memorySwap: 'memswap memswapLimit swap',
  memorySwappiness: 'memSwappiness',
  message: 'm',
  'mode.concurrency': 'maxConcurrent',
  mounts: 'mount',
  network: 'net networkMode',
  networkAliases: 'networkAlias netAlias aliases',
  networks: 'networkingConfig networkConfig',
  noCache: 'nocache',
  nodeCertExpiry: 'certExpiry',
  options: 'o opt opts driverOpts',
  password: 'p passwordStdin',
  pause: 'p',
  pid: 'pidMode',
  pidsLimit: 'limitPids',
  pools: 'poolConfigs subnet gateway ipRange auxAddress',
  ports: 'p publish port portBindings exposedPorts',
  preferences: 'placementPref',
  publishAll: 'P publishAllPorts',
  quiet: 'q',
  readOnly: 'readonlyRootfs readonly',
  remove: 'rm autoRemove',
  repository: 'repo',
  restart: 'restartPolicy',
  rows: 'lines height h',
  securityOpt: 'securityOptions securityOpts',
  serveraddress: 'registry server',
  signal: 'abortSignal',
  size: 's consoleSize',
  source: 'src',
  ssh: 'useSshClient',
  stdin: 'interactive i attachStdin noStdin',
  stderr: 'attachStderr',
  stdout: 'attachStdout',
  stopSignal: 'killSignal s',
  stopTimeout: 'stopGracePeriod t time',
  subnetSize: 'defaultAddrPoolMaskLength',
  swap: 'swapLimit memorySwap swapBytes',
  tag: 't name repository',
  tail: 'n lines',
  // The target of a build is a stage.
  'target beside source': 'dst destination',
  timestamps: 't',
  taskHistoryRetentionLimit: 'taskHistoryLimit',
  tls: 'ca cert key tlsVerify',
  user: 'u',
  username: 'u',
  userns: 'usernsMode',
  uts: 'utsMode',
  volumes: 'v volume binds bind',
  volumesFrom: 'volumeFrom',
  workdir: 'w workingDir cwd dir',
}

/** Words for what is an argument here, and an option that only calls with this argument have. */
const ARGUMENTS: readonly (readonly [argument: string, beside: string, words: string])[] = [
  ['command', 'workdir', 'cmd command argv args'],
  ['image', 'publishAll', 'image'],
  ['name', 'labels', 'name'],
  ['name, with its tag,', 'auth', 'repository name tag image'],
  ['data', 'templating', 'data'],
  ['container', 'aliases', 'container'],
]

/** Words of docker and docker-py for which there is no option. */
const WITHOUT_OPTION =
  'stream socket demux decode stdout stderr quiet q version initPath lxcConf sparse ignoreRemoved chunkSize ' +
  'encodeStream customContext encoding containerLimits numPools maxPoolSize email reauth dockercfgPath'

/** Options that are inside of another option: beside which option they occur, where they are, and their names. */
const PARTS: readonly (readonly [beside: string, place: string, names: string])[] = [
  ['resources', 'resources', 'cpus memory pidsLimit cpusReservation memoryReservation genericResources'],
  ['networkAliases', 'networks.NAME', 'ip ip6 linkLocalIps'],
  ['hostConfig', 'hostConfig', 'Annotations IOMaximumBandwidth IOMaximumIOps MaskedPaths ReadonlyPaths'],
  ['hostConfig', 'config', 'Shell OnBuild ArgsEscaped'],
  ['attrs', 'attrs', 'compression'],
]

/** Docker's flags that begin with the name of an object of options, as in `--health-interval`. */
const FAMILIES: Readonly<Record<string, string>> = {
  health: 'healthcheck',
  restart: 'restart',
  update: 'updateConfig',
  rollback: 'rollbackConfig',
}

/** The answer to a word of elsewhere; undefined for a word that nobody uses. */
export function answerTo(name: string, known: readonly string[]): string | undefined {
  const ours = synonymOf(name, known) ?? partOf(name, known)
  if (ours !== undefined) return `it is called ${ours} here`
  const word = camelCase(name)
  const [argument] =
    ARGUMENTS.find(([, beside, words]) => isAmong(word, words) && known.includes(beside)) ?? []
  if (argument !== undefined) return `the ${argument} is an argument before the options`
  if (word === 'envFile') return 'readEnvFile() of dockline/syntax reads the file'
  return isAmong(word, WITHOUT_OPTION) ? 'docs/coming-from-docker-py.md says what to use instead' : undefined
}

function partOf(name: string, known: readonly string[]): string | undefined {
  const word = camelCase(name)
  for (const [beside, place, names] of PARTS) {
    if (!known.includes(beside)) continue
    const parts = names.split(' ')
    const part = synonymOf(word, parts) ?? parts.find((one) => plural(one) === plural(word))
    if (part !== undefined) return `${place}.${part}`
  }
  const [, family = '', rest = ''] = /^(health|restart|update|rollback)((?!Check$)[A-Z]\w*)$/.exec(word) ?? []
  const owner = FAMILIES[family]
  if (owner === undefined || !known.includes(owner)) return undefined
  return `${owner}.${rest === 'Cmd' ? 'test' : camelCase(rest)}`
}

/** Makes `annotation` and `Annotations` the same. */
function plural(word: string): string {
  return word.toLowerCase().replace(/s?$/, 's')
}

/** The word of those known here that has the meaning of `name` elsewhere; undefined when there is no such word. */
export function synonymOf(name: string, known: readonly string[]): string | undefined {
  const word = camelCase(name)
  if (known.includes(word)) return word
  const found = Object.keys(SYNONYMS).find((ours) => isKnown(ours, known) && isAmong(word, SYNONYMS[ours]))
  return found?.split(' ', 1)[0]
}

function isAmong(word: string, words = ''): boolean {
  return words.split(' ').includes(word)
}

/** Of what is in another option, as in 'ipam.pools', that one is known; of 'target beside source', both are. */
function isKnown(ours: string, known: readonly string[]): boolean {
  return ours.split(' beside ').every((each) => known.includes(each.split('.', 1)[0] as string))
}

/** The longer words of elsewhere for the options known here, each with our word: a misspelt one is near to them too. */
export function wordsElsewhere(known: readonly string[]): ReadonlyMap<string, string> {
  const ours = Object.keys(SYNONYMS).filter((word) => isKnown(word, known))
  const pairs = ours.flatMap((name) =>
    (SYNONYMS[name] ?? '').split(' ').map((word) => [word, name.split(' ', 1)[0] as string] as const),
  )
  return new Map(pairs.filter(([word]) => word.length > SHORT_WORD))
}

/** Of shorter words, too many are near to one another. */
const SHORT_WORD = 4

/** `mem_limit`, `mem-limit` and `MemLimit` as `memLimit`. A single letter stays: docker's -p and -P differ. */
function camelCase(name: string): string {
  if (name.length === 1) return name
  const joined = name.replace(/[-_]+([a-z\d])/gi, (_, letter: string) => letter.toUpperCase())
  return joined.replace(/^[A-Z]+(?=[A-Z][a-z]|$)|^[A-Z]/, (start) => start.toLowerCase())
}
