// What each command asks an Engine for. test/wire/requests.test.ts compares the same with what docker asks for.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AskedEngine, wordsOf } from '../support/asked-engine.js'
import { run } from '../support/program.js'

type Row = readonly [line: string, asked: readonly string[]]

/** docker sends these fields empty, and an Engine keeps them so. */
const EMPTY =
  '"Dns":[],"DnsOptions":[],"DnsSearch":[],"BlkioWeightDevice":[],"BlkioDeviceReadBps":[],"BlkioDeviceWriteBps":[],' +
  '"BlkioDeviceReadIOps":[],"BlkioDeviceWriteIOps":[],"Devices":[],"Ulimits":[]'

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'a container': [
    ['restart web', ['POST /containers/web/restart']],
    [
      'restart -t 5 -s INT web db',
      ['POST /containers/web/restart?t=5&signal=INT', 'POST /containers/db/restart?t=5&signal=INT'],
    ],
    ['stop -t -1 web', ['POST /containers/web/stop?t=-1']],
    ['stop -t 2000000 web', ['POST /containers/web/stop?t=2000000']],
    ['stop -t 9007199254740991 web', ['POST /containers/web/stop?t=-1']],
    ['restart --time 31536000 web', ['POST /containers/web/restart?t=31536000']],
    ["stop -s '' web", ['POST /containers/web/stop']],
    ['stop --signal TERM web', ['POST /containers/web/stop?signal=TERM']],
    [
      'stats --no-stream web db web',
      ['GET /containers/web/stats?stream=0', 'GET /containers/db/stats?stream=0'],
    ],
    ['stats /web', ['GET /containers/web/stats?stream=1']],
    ['kill web', ['POST /containers/web/kill']],
    ['kill -s USR1 web', ['POST /containers/web/kill?signal=USR1']],
    ['pause web', ['POST /containers/web/pause']],
    ['unpause web', ['POST /containers/web/unpause']],
    ['rename web db', ['POST /containers/web/rename?name=db']],
    ['wait web', ['POST /containers/web/wait']],
    ['top web -o pid,args', ['GET /containers/web/top?ps_args=-o pid,args']],
    ['diff web', ['GET /containers/web/changes']],
    ['export web', ['GET /containers/web/export']],
    ['rm web', ['DELETE /containers/web?force=0&v=0&link=0']],
    ['rm -fv web', ['DELETE /containers/web?force=1&v=1&link=0']],
    ['rm -l web', ['DELETE /containers/web?force=0&v=0&link=1']],
    ['start web', ['POST /containers/web/start']],
    [
      'update -m 64m --memory-swap -1 --pids-limit -1 web',
      ['POST /containers/web/update {"Memory":67108864,"MemorySwap":-1,"PidsLimit":-1}'],
    ],
    [
      'update --cpus 1.5 --restart on-failure:3 web',
      [
        'POST /containers/web/update {"NanoCpus":1500000000,"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}}',
      ],
    ],
    [
      'update --cpuset-cpus 0-1 --blkio-weight 300 web',
      ['POST /containers/web/update {"BlkioWeight":300,"CpusetCpus":"0-1"}'],
    ],
    ['commit web', ['POST /commit?container=web {}', 'GET /images/abc/json']],
    [
      "commit -a me -m why -c 'CMD [\"sh\"]' -c 'ENV A=1' --pause=false web r.example/app:2",
      [
        'POST /commit?container=web&repo=r.example/app&tag=2&comment=why&author=me&pause=0&changes=CMD ["sh"]&changes=ENV A=1 {}',
        'GET /images/abc/json',
      ],
    ],
    [
      'logs web',
      [
        'GET /containers/web/json',
        'GET /containers/abc/logs?follow=0&stdout=1&stderr=1&timestamps=0&details=0',
      ],
    ],
    [
      'logs -t --tail 5 --since 10 --until 20 web',
      [
        'GET /containers/web/json',
        'GET /containers/abc/logs?follow=0&stdout=1&stderr=1&since=10&until=20&timestamps=1&details=0&tail=5',
      ],
    ],
    [
      "logs ' web/'",
      [
        'GET /containers/web/json',
        'GET /containers/abc/logs?follow=0&stdout=1&stderr=1&timestamps=0&details=0',
      ],
    ],
    [
      'logs --details web',
      [
        'GET /containers/web/json',
        'GET /containers/abc/logs?follow=0&stdout=1&stderr=1&timestamps=0&details=1',
      ],
    ],
    [
      'logs -n 99999999999999999999 web',
      [
        'GET /containers/web/json',
        'GET /containers/abc/logs?follow=0&stdout=1&stderr=1&timestamps=0&details=0',
      ],
    ],
    ['port web', ['GET /containers/web/json']],
    ['container prune -f --filter until=24h', ['POST /containers/prune?filters={"until":{"24h":true}}']],
    [
      'exec -d web true',
      [
        'GET /containers/web/json',
        'POST /containers/web/exec {"Cmd":["true"],"AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"Env":[],"Privileged":false}',
        'POST /exec/abc/start {"Tty":false,"Detach":true}',
      ],
    ],
    [
      "exec -d -e A=1 -u root -w /srv --privileged -t web sh -c 'echo hi'",
      [
        'GET /containers/web/json',
        'POST /containers/web/exec {"Cmd":["sh","-c","echo hi"],"AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":true,"Env":["A=1"],"WorkingDir":"/srv","User":"root","Privileged":true}',
        'POST /exec/abc/start {"Tty":true,"Detach":true}',
      ],
    ],
    [
      'create app',
      [
        `POST /containers/create {"AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"OpenStdin":false,"StdinOnce":false,"Tty":false,"Image":"app","HostConfig":{"PortBindings":{},${EMPTY}}}`,
      ],
    ],
    [
      'create --name web -it app sh',
      [
        `POST /containers/create?name=web {"AttachStdin":true,"AttachStdout":true,"AttachStderr":true,"OpenStdin":true,"StdinOnce":true,"Tty":true,"Cmd":["sh"],"Image":"app","HostConfig":{"PortBindings":{},${EMPTY}}}`,
      ],
    ],
    [
      'run -d app ls -l',
      [
        `POST /containers/create {"AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"OpenStdin":false,"StdinOnce":false,"Tty":false,"Cmd":["ls","-l"],"Image":"app","HostConfig":{"PortBindings":{},${EMPTY}}}`,
        'POST /containers/abc/start',
      ],
    ],
    [
      'run -d --rm --name web -p 8080:80 app',
      [
        `POST /containers/create?name=web {"ExposedPorts":{"80/tcp":{}},"AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"OpenStdin":false,"StdinOnce":false,"Tty":false,"Image":"app","HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]},${EMPTY},"AutoRemove":true}}`,
        'POST /containers/abc/start',
      ],
    ],
  ],
  'a list': [
    ['ps', ['GET /containers/json?all=0&size=0&filters={}']],
    ['ps -a', ['GET /containers/json?all=1&size=0&filters={}']],
    ['ps -n 3', ['GET /containers/json?all=1&limit=3&size=0&filters={}']],
    ['ps -l', ['GET /containers/json?all=1&limit=1&size=0&filters={}']],
    ['ps -s', ['GET /containers/json?all=0&size=1&filters={}']],
    [
      'ps -f status=exited -f label=a -f label=b=c',
      ['GET /containers/json?all=0&size=0&filters={"status":{"exited":true},"label":{"a":true,"b=c":true}}'],
    ],
    ["ps --format '{{.Size}}'", ['GET /containers/json?all=0&size=1&filters={}']],
    ['container ls -aq --no-trunc', ['GET /containers/json?all=1&size=0&filters={}']],
    ['images', ['GET /images/json?all=0&filters={}&digests=0']],
    ["images ''", ['GET /images/json?all=0&filters={}&digests=0']],
    ['images -a app', ['GET /images/json?all=1&filters={"reference":{"app":true}}&digests=0']],
    [
      'images --digests -f dangling=true',
      ['GET /images/json?all=0&filters={"dangling":{"true":true}}&digests=1'],
    ],
    ['history app', ['GET /images/app/history']],
    ['search app', ['GET /images/search?term=app&filters={}']],
    ['search -f stars=3 --limit 7 app', ['GET /images/search?term=app&limit=7&filters={"stars":{"3":true}}']],
    ['network ls -f driver=bridge', ['GET /networks?filters={"driver":{"bridge":true}}']],
    ['volume ls -q', ['GET /volumes?filters={}']],
    [
      'events --since 10 --until 20 -f type=container -f event=die -f event=start',
      ['GET /events?since=10&until=20&filters={"type":{"container":true},"event":{"die":true,"start":true}}'],
    ],
  ],
  'what is there': [
    ['inspect web', ['GET /containers/web/json']],
    ['inspect --type service web', ['GET /services/web?insertDefaults=1']],
    ['inspect --type task one', ['GET /tasks/one']],
    ['inspect --type plugin team/one', ['GET /plugins/team/one/json']],
    ['container inspect -s web', ['GET /containers/web/json?size=1']],
    ['image inspect app', ['GET /images/app/json']],
    ['network inspect -v web', ['GET /networks/web?verbose=1']],
    ['volume inspect data', ['GET /volumes/data']],
    ['system df', ['GET /system/df']],
    ['info', ['GET /info']],
    ['version', ['GET /version']],
  ],
  'an image': [
    ['rmi app', ['DELETE /images/app?force=0&noprune=0']],
    [
      'rmi -f --no-prune --platform linux/arm64,linux/amd64 app',
      [
        'DELETE /images/app?force=1&noprune=1&platforms={"os":"linux","architecture":"arm64"}&platforms={"os":"linux","architecture":"amd64"}',
      ],
    ],
    ['tag app registry.example/app:2', ['POST /images/app/tag?repo=registry.example/app&tag=2']],
    ['pull app', ['POST /images/create?fromImage=app&tag=latest']],
    ['pull -a team/app', ['POST /images/create?fromImage=team/app']],
    [
      'pull --platform linux/arm64 registry.example/team/app:2',
      ['POST /images/create?fromImage=registry.example/team/app&tag=2&platform=linux/arm64'],
    ],
    ['push team/app', ['POST /images/team/app/push?tag=latest']],
    ['push -a registry.example/app', ['POST /images/registry.example/app/push']],
    ['save app', ['GET /images/app/get']],
    [
      'save --platform linux/arm64 app team/app:2',
      ['GET /images/get?names=app&names=team/app:2&platform={"os":"linux","architecture":"arm64"}'],
    ],
    [
      'import http://example.com/root.tar app:2',
      ['POST /images/create?fromSrc=http://example.com/root.tar&repo=app&tag=2'],
    ],
    [
      'import -c \'CMD ["sh"]\' -m why --platform linux/arm64 - app',
      [
        'POST /images/create?fromSrc=-&repo=app&tag=latest&message=why&changes=CMD ["sh"]&platform=linux/arm64',
      ],
    ],
    ['image prune -f', ['POST /images/prune?filters={"dangling":{"true":true}}']],
    [
      'image prune -f --filter dangling=true --filter label=a',
      ['POST /images/prune?filters={"label":{"a":true},"dangling":{"true":true}}'],
    ],
    [
      'image prune -af --filter dangling=maybe',
      ['POST /images/prune?filters={"dangling":{"maybe":true,"false":true}}'],
    ],
    [
      'image prune -af --filter until=24h',
      ['POST /images/prune?filters={"until":{"24h":true},"dangling":{"false":true}}'],
    ],
  ],
  'a network': [
    [
      'network create web',
      [
        'POST /networks/create {"Driver":"bridge","Options":{},"IPAM":{"Driver":"default","Config":[],"Options":{}},"Internal":false,"Labels":{},"Attachable":false,"Ingress":false,"ConfigOnly":false,"Name":"web"}',
        'GET /networks/abc',
      ],
    ],
    [
      'network create -d overlay --attachable --scope swarm --ingress web',
      [
        'POST /networks/create {"Driver":"overlay","Options":{},"IPAM":{"Driver":"default","Config":[],"Options":{}},"Internal":false,"Labels":{},"Attachable":true,"Scope":"swarm","Ingress":true,"ConfigOnly":false,"Name":"web"}',
        'GET /networks/abc',
      ],
    ],
    [
      'network create --internal --ipv6 --label a=1 --label b -o c=d web',
      [
        'POST /networks/create {"Driver":"bridge","Options":{"c":"d"},"IPAM":{"Driver":"default","Config":[],"Options":{}},"Internal":true,"Labels":{"a":"1","b":""},"EnableIPv6":true,"Attachable":false,"Ingress":false,"ConfigOnly":false,"Name":"web"}',
        'GET /networks/abc',
      ],
    ],
    [
      'network create --ipv4=true web',
      [
        'POST /networks/create {"Driver":"bridge","Options":{},"IPAM":{"Driver":"default","Config":[],"Options":{}},"Internal":false,"Labels":{},"Attachable":false,"Ingress":false,"ConfigOnly":false,"Name":"web"}',
        'GET /networks/abc',
      ],
    ],
    [
      'network create --ipv4=false web',
      [
        'POST /networks/create {"Driver":"bridge","Options":{},"IPAM":{"Driver":"default","Config":[],"Options":{}},"Internal":false,"Labels":{},"EnableIPv4":false,"Attachable":false,"Ingress":false,"ConfigOnly":false,"Name":"web"}',
        'GET /networks/abc',
      ],
    ],
    [
      'network create --subnet 10.1.0.0/16 --gateway 10.1.0.1 --ip-range 10.1.5.0/24 --aux-address router=10.1.0.9 web',
      [
        'POST /networks/create {"Driver":"bridge","Options":{},"IPAM":{"Driver":"default","Config":[{"Subnet":"10.1.0.0/16","IPRange":"10.1.5.0/24","Gateway":"10.1.0.1","AuxiliaryAddresses":{"router":"10.1.0.9"}}],"Options":{}},"Internal":false,"Labels":{},"Attachable":false,"Ingress":false,"ConfigOnly":false,"Name":"web"}',
        'GET /networks/abc',
      ],
    ],
    [
      'network create --ipam-driver own --ipam-opt x=y web',
      [
        'POST /networks/create {"Driver":"bridge","Options":{},"IPAM":{"Driver":"own","Config":[],"Options":{"x":"y"}},"Internal":false,"Labels":{},"Attachable":false,"Ingress":false,"ConfigOnly":false,"Name":"web"}',
        'GET /networks/abc',
      ],
    ],
    [
      'network create --config-only --subnet 10.1.0.0/16 web',
      [
        'POST /networks/create {"Driver":"bridge","Options":{},"IPAM":{"Driver":"default","Config":[{"Subnet":"10.1.0.0/16"}],"Options":{}},"Internal":false,"Labels":{},"Attachable":false,"Ingress":false,"ConfigOnly":true,"Name":"web"}',
        'GET /networks/abc',
      ],
    ],
    [
      'network create --config-from other web',
      [
        'POST /networks/create {"Driver":"bridge","Options":{},"IPAM":{"Driver":"default","Config":[],"Options":{}},"Internal":false,"Labels":{},"Attachable":false,"Ingress":false,"ConfigOnly":false,"ConfigFrom":{"Network":"other"},"Name":"web"}',
        'GET /networks/abc',
      ],
    ],
    ['network connect web box', ['POST /networks/web/connect {"Container":"box"}']],
    [
      'network connect --alias a,b --alias c --ip 10.1.0.5 --ip6 fd00::5 --link db:base web box',
      [
        'POST /networks/web/connect {"Container":"box","EndpointConfig":{"Aliases":["a","b","c"],"Links":["db:base"],"IPAMConfig":{"IPv4Address":"10.1.0.5","IPv6Address":"fd00::5"}}}',
      ],
    ],
    [
      'network connect --link-local-ip 169.254.1.1 --driver-opt x=y --gw-priority 7 web box',
      [
        'POST /networks/web/connect {"Container":"box","EndpointConfig":{"DriverOpts":{"x":"y"},"GwPriority":7,"IPAMConfig":{"LinkLocalIPs":["169.254.1.1"]}}}',
      ],
    ],
    ['network disconnect -f web box', ['POST /networks/web/disconnect {"Container":"box","Force":true}']],
    [
      'network rm web other',
      ['GET /networks/web', 'DELETE /networks/web', 'GET /networks/other', 'DELETE /networks/other'],
    ],
    [
      'network prune -f --filter until=24h --filter label!=keep',
      ['POST /networks/prune?filters={"until":{"24h":true},"label!":{"keep":true}}'],
    ],
  ],
  'a volume, or all that is unused': [
    ['volume create', ['POST /volumes/create {"Driver":"local","DriverOpts":{},"Labels":{}}']],
    [
      'volume create -d own --label a=1 --label b -o type=nfs --opt x data',
      [
        'POST /volumes/create {"Name":"data","Driver":"own","DriverOpts":{"type":"nfs","x":""},"Labels":{"a":"1","b":""}}',
      ],
    ],
    ['volume rm -f data', ['DELETE /volumes/data?force=1']],
    ['volume prune -f', ['POST /volumes/prune?filters={}']],
    [
      'volume prune -af --filter label=a',
      ['POST /volumes/prune?filters={"label":{"a":true},"all":{"true":true}}'],
    ],
    [
      'system prune -f',
      [
        'POST /containers/prune?filters={}',
        'POST /networks/prune?filters={}',
        'POST /images/prune?filters={"dangling":{"true":true}}',
        'POST /build/prune?all=0&filters={}',
      ],
    ],
    [
      'system prune -af --volumes --filter label=a',
      [
        'POST /containers/prune?filters={"label":{"a":true}}',
        'POST /networks/prune?filters={"label":{"a":true}}',
        'POST /volumes/prune?filters={"label":{"a":true}}',
        'POST /images/prune?filters={"label":{"a":true},"dangling":{"false":true}}',
        'POST /build/prune?all=1&filters={"label":{"a":true}}',
      ],
    ],
  ],
}

/** Where what an Engine says matters for what comes next. */
const ANSWERS = {
  'POST /containers/web/wait': { StatusCode: 0 },
  'GET /containers/web/changes': [],
  'GET /containers/web/top': { Titles: [], Processes: [] },
  'GET /volumes': { Volumes: [] },
}

describe('a command asks the Engine', () => {
  let engine: AskedEngine
  before(async () => {
    engine = await AskedEngine.start()
    engine.answers = ANSWERS
  })
  after(() => engine[Symbol.asyncDispose]())

  for (const [subject, rows] of Object.entries(ROWS)) {
    describe(`about ${subject}`, () => {
      for (const [line, asked] of rows) {
        it(`by ${line}`, async () => {
          engine.asked = []
          const { exitCode, stderr } = await run(wordsOf(line), { host: engine.host })
          assert.deepEqual({ exitCode, asked: engine.asked }, { exitCode: 0, asked }, stderr)
        })
      }
    })
  }
})
