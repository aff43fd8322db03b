// What is wrong with a command line is said before anything is asked for, in docker's words where docker has some, and else
// in the words of the flags.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wordsOf } from '../support/asked-engine.js'
import { run } from '../support/program.js'

type Row = readonly [line: string, message: string]

/** Refused with 125, with the flag and its value in front. */
const VALUES: Readonly<Record<string, readonly Row[]>> = {
  '--mount': [
    ['type=bind,src=/a', 'target is required'],
    ['type=volume', 'target is required'],
    ['type=,dst=/a', 'type is required'],
    ['type=bind,dst=/a', 'source is required'],
    ['foo=bar,dst=/a', "unexpected key 'foo' in 'foo=bar'"],
    ['dst', "invalid field 'dst' must be a key=value pair"],
    ['dst=/a,readonly=maybe', 'invalid value for readonly: maybe'],
    ['type=tmpfs,dst=/a,tmpfs-size=x', 'invalid value for tmpfs-size: x'],
    ['type=tmpfs,dst=/a,tmpfs-mode=9', 'invalid value for tmpfs-mode: 9'],
    ['type=bind,src=/a,dst=/b,volume-nocopy', "cannot mix 'volume-*' options with mount type 'bind'"],
    ['dst=/b,tmpfs-size=1m', "cannot mix 'tmpfs-*' options with mount type 'volume'"],
    [
      'type=bind,src=/a,dst=/b,bind-recursive=x',
      'invalid value for bind-recursive: x (must be "enabled", "disabled", "writable", or "readonly")',
    ],
    [
      'type=bind,src=/a,dst=/b,bind-recursive=writable',
      "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction",
    ],
    [
      'type=bind,src=/a,dst=/b,readonly,bind-recursive=readonly',
      "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction",
    ],
    [
      'type=bind,src=/a,dst=/b,bind-propagation=x',
      "bind-propagation must be 'private' or 'rprivate' or 'shared' or 'rshared' or 'slave' or 'rslave', not 'x'",
    ],
    [
      'type=nope,dst=/a',
      "type must be 'bind' or 'cluster' or 'image' or 'npipe' or 'tmpfs' or 'volume', not 'nope'",
    ],
    ['type=tmpfs,src=/a,dst=/b', 'source cannot be given for a tmpfs mount'],
  ],
  '-m, --memory': [
    ['abc', "invalid size: 'abc'"],
    ['1Q', "invalid suffix: 'q'"],
    ['1abcd', "invalid suffix: 'abcd'"],
  ],
  '--memory-swap': [['x', "invalid size: 'x'"]],
  '--shm-size': [['-2', "invalid size: '-2'"]],
  '--io-maxbandwidth': [['x', "invalid size: 'x'"]],
  '--health-interval': [
    ['abc', 'time: invalid duration "abc"'],
    ['5', 'time: missing unit in duration "5"'],
    ['5x', 'time: unknown unit "x" in duration "5x"'],
    ['1m5', 'time: missing unit in duration "1m5"'],
    ['.', 'time: invalid duration "."'],
  ],
  '--device-read-bps': [
    [
      '/dev/a:1q',
      'invalid rate for device: /dev/a:1q. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb',
    ],
    ['a', 'bad format: a'],
  ],
  '--device-read-iops': [
    [
      '/dev/a:99999999999999999999',
      'invalid rate for device: /dev/a:99999999999999999999. The correct format is <device-path>:<number>. Number must be a positive integer',
    ],
    [
      '/dev/a:x',
      'invalid rate for device: /dev/a:x. The correct format is <device-path>:<number>. Number must be a positive integer',
    ],
  ],
  '--blkio-weight-device': [['/dev/a:5', 'invalid weight for device: /dev/a:5']],
  '-v, --volume': [['a:b', "it must be like '/data', 'name:/data' or './src:/data:ro'"]],
  '--expose': [['1:2', 'invalid port format for --expose: 1:2']],
  '--ulimit': [
    ['nofile=2:1', 'the soft limit, 2, is above the hard one, 1'],
    ['nope=1', 'invalid ulimit type: nope'],
    ['nofile=9007199254740993', 'strconv.ParseInt: parsing "9007199254740993": value out of range'],
    ['nofile=1:99999999999999999999', 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['nofile', "it must be like 'nofile=1024:2048' or 'nofile=1024'"],
  ],
  '--device': [
    ['x', 'x is not an absolute path'],
    ['/a:/b:zzz', "the permissions of a device must be some of 'rwm'"],
  ],
  '--device-cgroup-rule': [['nope', "invalid device cgroup format 'nope'"]],
  '--cpus': [
    ['abc', 'failed to parse abc as a rational number'],
    ['1/3', 'value is too precise'],
  ],
  '--dns': [['nope', 'IP address is not correctly formatted: nope']],
  '--dns-search': [['-x', '-x is not a valid domain']],
  '--add-host': [
    ['a', 'bad format for add-host: "a"'],
    ['a:b', 'invalid IP address in add-host: "b"'],
  ],
  '--link': [
    ["''", 'empty string specified for links'],
    ['a:b:c', 'bad format for links: a:b:c'],
  ],
  '-e, --env': [['=a', 'invalid environment variable: =a']],
  '-l, --label': [
    ["''", "invalid label '': empty name"],
    ["'a b=c'", "label 'a b' contains whitespaces"],
  ],
  '-a, --attach': [['nope', 'valid streams are STDIN, STDOUT and STDERR']],
  '--network': [
    ['name=a,foo=b', 'invalid field key foo'],
    ['name=a,alias', 'invalid field alias'],
    ['name=a,=x', 'invalid field =x'],
    ['alias=a', 'network name/id is not specified'],
    ['name=a,gw-priority=x', 'invalid gw-priority (x): invalid syntax'],
    ['name=a,gw-priority=', 'invalid gw-priority (): invalid syntax'],
    [
      'name=a,gw-priority=99999999999999999999',
      'invalid gw-priority (99999999999999999999): value out of range',
    ],
    ['name=a,driver-opt=x', 'invalid key value pair format in driver options'],
  ],
  '--pids-limit': [
    ['x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['9007199254740993', 'strconv.ParseInt: parsing "9007199254740993": value out of range'],
    ['-9223372036854775809', 'strconv.ParseInt: parsing "-9223372036854775809": value out of range'],
  ],
  '--io-maxiops': [
    ['18446744073709551615', 'strconv.ParseUint: parsing "18446744073709551615": value out of range'],
  ],
  '--blkio-weight': [['65536', 'strconv.ParseUint: parsing "65536": value out of range']],
}

/** Refused by the command as a whole: with this message, and this exit code. */
const LINES: readonly (readonly [line: string, exitCode: number, message: string])[] = [
  ["run ''", 125, 'dockline: invalid reference format'],
  ['run --log-opt =a x', 125, 'dockline: --log-opt must be named values, and one has no name'],
  ['run --tmpfs a x', 125, "dockline: --tmpfs needs absolute paths, not 'a'"],
  [
    'run --isolation nope x',
    125,
    "dockline: --isolation must be 'default' or 'process' or 'hyperv', not 'nope'",
  ],
  ['run --annotation =a x', 125, 'dockline: --annotation must be named values, and one has no name'],
  [
    'run --rm --restart always x',
    125,
    'dockline: conflicting options: cannot specify both --restart and --rm',
  ],
  ['run -d -a stdin x', 1, 'conflicting options: cannot specify both --attach and --detach'],
  [
    'run --no-healthcheck --health-cmd true x',
    125,
    'dockline: --no-healthcheck conflicts with --health-* options',
  ],
  [
    'run --restart on-failure:99999999999999999999 x',
    125,
    'dockline: invalid restart policy format: maximum retry count must be an integer',
  ],
  ['run --log-driver none --log-opt a=b x', 125, 'dockline: invalid logging opts for driver none'],
  ['run --health-retries -1 x', 125, 'dockline: --health-retries cannot be negative'],
  [
    'run --memory-swappiness 101 x',
    125,
    'dockline: invalid value: 101. Valid memory swappiness range is 0-100',
  ],
  ...(
    [
      ['abc', 'Invalid containerPort: abc'],
      ['80-70', 'Invalid containerPort: 80-70'],
      ['a:80', 'Invalid hostPort: a'],
      ['99999:80', 'Invalid hostPort: 99999'],
      ['80:90-92', 'Invalid ranges specified for container and host Ports: 90-92 and 80'],
      ['80:', 'No port specified: 80:<empty>'],
      ['published=80', 'No port specified: 80:/tcp<empty>'],
      ['80/foo', 'Invalid proto: foo'],
      ['1.2.3:80:80', 'Invalid ip address: 1.2.3'],
      ['::1:80:80', 'Invalid ip address ::1: address ::1:: too many colons in address'],
      ['[::1]x:80:80', 'Invalid ip address [::1]x: address [::1]x:: missing port in address'],
      ['target=80,x', "invalid publish opts format (should be name=value but got 'x')"],
    ] as const
  ).map(([port, words]) => [`run -p ${port} x`, 125, `dockline: ${words}`] as const),
  ['run --network a --network a x', 125, 'dockline: network "a" is specified multiple times'],
  [
    'run --network host --network a x',
    125,
    'dockline: conflicting options: cannot attach both user-defined and non-user-defined network-modes',
  ],
  ...(
    [
      ['ip=10.0.0.2 --ip 10.0.0.2', '--ip and per-network IPv4 address'],
      ['ip6=fd00::2 --ip6 fd00::3', '--ip6 and per-network IPv6 address'],
      [
        'mac-address=92:d0:c6:0a:29:33 --mac-address 92:d0:c6:0a:29:33',
        '--mac-address and per-network MAC address',
      ],
      [
        'link-local-ip=169.254.1.1 --link-local-ip 169.254.1.2',
        '--link-local-ip and per-network link-local IP addresses',
      ],
    ] as const
  ).map(
    ([flags, both]) =>
      [
        `run --network name=a,${flags} x`,
        125,
        `dockline: conflicting options: cannot specify both ${both}`,
      ] as const,
  ),
  ['run --mac-address nope x', 125, 'dockline: nope is not a valid mac address'],
  [
    'run --network-alias a x',
    125,
    'dockline: network-scoped aliases are only supported for user-defined networks',
  ],
  [
    'run --pull nope x',
    125,
    `dockline: invalid pull option: 'nope': must be one of "always", "missing" or "never"`,
  ],
  ['run --env-file /proc/nope x', 125, 'dockline: open /proc/nope: no such file or directory'],
  ['exec --env-file /proc/nope c x', 1, 'open /proc/nope: no such file or directory'],
  [
    'ps -n 99999999999999999999',
    125,
    'invalid argument "99999999999999999999" for "-n, --last" flag: strconv.ParseInt: parsing "99999999999999999999": value out of range',
  ],
  ['update a', 1, 'you must provide one or more flags when using this command'],
  [
    'update --restart nope a',
    1,
    "--restart must be 'no' or 'always' or 'unless-stopped' or 'on-failure', not 'nope'",
  ],
  ['stop -t 1 --time 2 a', 1, 'conflicting options: cannot specify both --timeout and --time'],
  ['events --since nope', 1, 'failed to parse value as time or duration: "nope"'],
  ['events --format {{', 64, 'Error parsing format: template: :1: unclosed action'],
  ['inspect -f {{ a', 64, 'template parsing error: template: :1: unclosed action'],
  ['info -f {{', 64, 'template parsing error: template: :1: unclosed action'],
  ['version -f {{', 64, 'template parsing error: template: version:1: unclosed action'],
  ['context inspect -f {{', 64, 'failed to parse template: template: :1: unclosed action'],
  [
    'inspect --type nope a',
    1,
    'unknown type: "nope": must be one of "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"',
  ],
  ["rmi ''", 1, 'invalid image name or ID: value is empty'],
  ["kill ''", 1, 'invalid container name or ID: value is empty'],
  ["logs ''", 1, 'invalid container name or ID: value is empty'],
  ["exec ' ' a", 1, 'invalid container name or ID: value is empty'],
  ["inspect --type node ''", 1, 'invalid node name or ID: value is empty'],
  ["network rm ''", 1, 'invalid network name or ID: value is empty'],
  ["network connect n ''", 1, 'invalid container name or ID: value is empty'],
  ["network disconnect '' c", 1, 'invalid network name or ID: value is empty'],
  ["volume rm ''", 1, 'invalid volume name or ID: value is empty'],
  ["history ''", 1, 'invalid image name or ID: value is empty'],
  ["rename a ''", 1, 'Error: Neither old nor new names may be empty'],
  [
    'pull --platform a/b/c/d a',
    1,
    "--platform must be like 'linux', 'linux/arm64' or 'linux/arm/v7', not 'a/b/c/d'",
  ],
  ...(
    [
      ['tcp://', 'unable to apply docker endpoint options: unable to parse docker host `tcp://`'],
      ['localhost', 'unable to apply docker endpoint options: unable to parse docker host `localhost`'],
      [
        'tcp://h:1,ca=/dev/null',
        'invalid docker endpoint options: failed to retrieve context tls info: ca.pem seems invalid',
      ],
    ] as const
  ).map(
    ([host, reason]) =>
      [
        `context create new --docker host=${host}`,
        1,
        `unable to create docker endpoint config: ${reason}`,
      ] as const,
  ),
  ['network create -o =x a', 125, 'invalid argument "=x" for "-o, --opt" flag: it has no name'],
  ['volume create -o =x a', 125, 'invalid argument "=x" for "-o, --opt" flag: it has no name'],
  ["volume create --label '' a", 125, `invalid argument "" for "--label" flag: invalid label '': empty name`],
  [
    "volume create --label 'a b=c'",
    125,
    `invalid argument "a b=c" for "--label" flag: label 'a b' contains whitespaces`,
  ],
  ['network connect --driver-opt a=b,x n c', 1, 'invalid key/value pair format in driver options'],
  ['network connect --driver-opt =x n c', 1, 'invalid key/value pair format in driver options'],
  [
    'network connect --alias "a n c',
    125,
    'invalid argument "\\"a" for "--alias" flag: the list has a stray or unclosed " in its field at character 1',
  ],
  ['network create --subnet x a', 1, 'invalid CIDR address: x'],
  [
    'system prune -f --volumes --filter until=1h',
    1,
    'ERROR: The "until" filter is not supported with "--volumes"',
  ],
  ['completion tcsh', 1, "no completion for 'tcsh': there is one for bash, zsh, fish"],
  ['cp a b', 1, 'must specify at least one container source'],
  ['nope', 1, 'dockline: unknown command: dockline nope'],
  ['network nope', 1, 'dockline: unknown command: dockline network nope'],
  ['-c a ps', 1, 'conflicting options: cannot specify both --host and --context'],
  ['-l nope ps', 1, 'Unable to parse logging level: nope'],
]

describe('a value of a flag that is wrong', () => {
  for (const [flag, rows] of Object.entries(VALUES)) {
    const name = flag.split(' ').at(-1)
    for (const [value, reason] of rows) {
      it(`is refused with the reason: ${name} ${value}`, async () => {
        const [given = ''] = value === "''" ? [''] : wordsOf(value)
        const { exitCode, stderr, stdout } = await run(['run', `${name}=${given}`, 'app'])
        const [message] = stderr.split('\n\nUsage:')
        assert.equal(message, `invalid argument ${JSON.stringify(given)} for "${flag}" flag: ${reason}`)
        assert.deepEqual([exitCode, stdout], [125, ''])
      })
    }
  }
})

describe('a command line that is wrong', () => {
  for (const [line, exitCode, message] of LINES) {
    it(`is refused with the reason: ${line}`, async () => {
      const ended = await run(wordsOf(line))
      const [told] = ended.stderr.trimEnd().split(/\n\n(?:Usage:|Run ')/)
      assert.deepEqual([ended.exitCode, told], [exitCode, message])
    })
  }
  it('with a wrong flag shows how the command is used, by the name it was called by', async () => {
    const { stderr } = await run(['container', 'list', '--nope'])
    assert.equal(
      stderr,
      `unknown flag: --nope

Usage:  dockline container ls [OPTIONS]

Run 'dockline container ls --help' for more information
`,
    )
  })
  const counts: readonly Row[] = [
    ['ps a', "dockline: 'dockline ps' accepts no arguments"],
    ['kill', "dockline: 'dockline kill' requires at least 1 argument"],
    ['rename a', "dockline: 'dockline rename' requires 2 arguments"],
    ['export a b', "dockline: 'dockline export' requires 1 argument"],
    ['images a b', "dockline: 'dockline images' requires at most 1 argument"],
    ['port a b c', "dockline: 'dockline port' requires at least 1 and at most 2 arguments"],
  ]
  for (const [line, message] of counts) {
    it(`has too many words or too few: ${line}`, async () => {
      const { exitCode, stderr } = await run(wordsOf(line))
      assert.deepEqual([exitCode, stderr.split('\n')[0]], [1, message])
    })
  }
})

describe('a connection that cannot be made', () => {
  const rows: readonly Row[] = [
    ['-H tcp://a:b ps', "invalid host 'tcp://a:b': it is not host:port"],
    [
      '--tls --tlscacert /proc/nope ps',
      '--tlscacert: cannot read the file /proc/nope: there is no such file',
    ],
  ]
  for (const [line, message] of rows) {
    it(`is told in the words of the flags: ${line}`, async () => {
      const { exitCode, stderr } = await run(wordsOf(line), { host: '' })
      assert.deepEqual([exitCode, stderr], [1, `${message}\n`])
    })
  }
})
