/**
 * Words of docker's short flags, of docker-py and of the Engine's API, and the word that has the same meaning here. Docker-py's
 * snake_case and the Engine's PascalCase are read as camelCase first.
 */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  // Before the others that have a t: beside them, -t is the terminal.
  tty: ['t', 'terminal'],
  allTags: ['a', 'all'],
  apiVersion: ['version'],
  buildArgs: ['buildArg', 'buildargs', 'args'],
  cacheFrom: ['cachefrom'],
  capAdd: ['capabilityAdd', 'capabilities'],
  capDrop: ['capabilityDrop'],
  cgroupns: ['cgroupnsMode', 'cgroup'],
  compress: ['gzip'],
  config: ['conf'],
  context: ['path', 'fileobj', 'contextDir'],
  cpus: ['nanoCpus', 'cpu', 'cpuLimit', 'limitCpu'],
  cpusReservation: ['cpuReservation', 'reserveCpu'],
  cpuShares: ['c'],
  detach: ['d', 'background'],
  dnsOption: ['dnsOpt', 'dnsOptions', 'dnsOpts'],
  dockerfile: ['f', 'file'],
  driverOpt: ['driverOpts', 'driverOptions', 'opt', 'opts'],
  env: ['e', 'environment', 'envs'],
  extraHosts: ['addHost', 'hosts'],
  follow: ['f'],
  force: ['f'],
  forceRemove: ['forceRm', 'forcerm'],
  groupAdd: ['groups', 'group'],
  healthcheck: ['health'],
  host: ['socketPath', 'baseUrl', 'dockerHost', 'url', 'port', 'protocol'],
  hostname: ['h'],
  input: ['stdin', 'data'],
  interactive: ['i', 'stdinOpen', 'openStdin'],
  ip: ['ipv4Address', 'ipv4'],
  ip6: ['ipv6Address', 'ipv6'],
  'ipam.pools': ['subnet', 'gateway', 'ipRange', 'auxAddress'],
  ipc: ['ipcMode'],
  labels: ['l', 'label'],
  links: ['link'],
  logDriver: ['logConfig'],
  logOpt: ['logOpts', 'logOptions', 'logDriverOptions'],
  maxBytes: ['maxSize', 'maxBuffer', 'limit'],
  maxOutput: ['maxBuffer', 'outputLimit', 'limit'],
  memory: ['m', 'mem', 'memLimit', 'limitMemory'],
  memoryReservation: ['memReservation', 'reserveMemory'],
  memorySwap: ['memswap', 'memswapLimit', 'swap'],
  memorySwappiness: ['memSwappiness'],
  mounts: ['mount'],
  network: ['net', 'networkMode'],
  networkAliases: ['networkAlias', 'netAlias', 'aliases'],
  networks: ['networkingConfig', 'networkConfig'],
  noCache: ['nocache'],
  pid: ['pidMode'],
  pidsLimit: ['limitPids'],
  ports: ['p', 'publish', 'port', 'portBindings', 'exposedPorts'],
  publishAll: ['P', 'publishAllPorts'],
  quiet: ['q'],
  readOnly: ['readonlyRootfs', 'readonly'],
  remove: ['rm', 'autoRemove'],
  restart: ['restartPolicy'],
  securityOpt: ['securityOptions', 'securityOpts'],
  signal: ['abortSignal'],
  stopSignal: ['killSignal'],
  stopTimeout: ['stopGracePeriod', 't', 'time'],
  swap: ['swapLimit', 'memorySwap', 'swapBytes'],
  tag: ['t'],
  tail: ['n', 'lines'],
  timestamps: ['t'],
  tls: ['ca', 'cert', 'key', 'tlsVerify'],
  user: ['u'],
  userns: ['usernsMode'],
  uts: ['utsMode'],
  volumes: ['v', 'volume', 'binds', 'bind'],
  volumesFrom: ['volumeFrom'],
  workdir: ['w', 'workingDir', 'cwd', 'dir'],
}

/** Words for the command, which is an argument of its own in the calls that take one. */
const COMMAND_WORDS = ['cmd', 'command', 'argv', 'args']

/** Whether the name stands for a command, beside options that belong to one. */
export function isCommand(name: string, known: readonly string[]): boolean {
  return COMMAND_WORDS.includes(camelCase(name)) && known.includes('workdir')
}

/** The word of those known here that has the meaning of `name` elsewhere; undefined when there is no such word. */
export function synonymOf(name: string, known: readonly string[]): string | undefined {
  const word = camelCase(name)
  if (known.includes(word)) return word
  return Object.keys(SYNONYMS).find((ours) => isKnown(ours, known) && SYNONYMS[ours]?.includes(word))
}

/** Of what is in another option, as in 'ipam.pools', that one is known. */
function isKnown(ours: string, known: readonly string[]): boolean {
  return known.includes(ours.split('.', 1)[0] as string)
}

/** The longer words of elsewhere for the options known here, each with our word: a misspelt one is near to them too. */
export function wordsElsewhere(known: readonly string[]): ReadonlyMap<string, string> {
  const ours = Object.keys(SYNONYMS).filter((word) => isKnown(word, known))
  const pairs = ours.flatMap((name) => (SYNONYMS[name] ?? []).map((word) => [word, name] as const))
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
