// What testcontainers does of what can be done offline, told as JSON. `node testcontainers.mjs FOLDER`: the folder that it is
// installed in, with dockerode or with what takes its place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const [folder] = process.argv.slice(2)
const load = createRequire(join(folder, 'package.json'))
const { GenericContainer, getContainerRuntimeClient, Network, Wait } = load('testcontainers')
const IMAGE = 'busybox:latest'
const SLEEP = ['sh', '-c', 'echo ready; trap exit TERM; sleep 600 & wait']
const HTTPD = [
  ...['sh', '-c'],
  'mkdir -p /www; echo page > /www/index.html; echo serving; exec httpd -f -p 8080 -h /www',
]
const results = {}
// While it waits for ryuk, testcontainers has nothing open that keeps a process alive.
setInterval(() => {}, 1000)

await step('exec, copy in and out, logs', () =>
  using(
    sleeping()
      .withEnvironment({ A: '1' })
      .withWorkingDir('/tmp')
      .withTmpFs({ '/t': 'rw' })
      .withCopyContentToContainer([{ content: 'hello', target: '/tmp/hello.txt' }]),
    async (container) => {
      await container.copyContentToContainer([{ content: 'later', target: '/tmp/later.txt', mode: 0o600 }])
      const { stdout, stderr, exitCode } = await container.exec([
        'sh',
        '-c',
        'echo out; echo err >&2; exit 3',
      ])
      return [
        ...[stdout, stderr, exitCode],
        await container.exec('cat /tmp/hello.txt /tmp/later.txt'),
        await container.exec(['sh', '-c', 'echo $A $B; pwd'], { env: { B: '2' }, workingDir: '/' }),
        (await container.exec(['seq', '1', '20000'])).output.length,
        (await text(await container.copyArchiveFromContainer('/tmp/hello.txt'))).includes('hello'),
        await firstOf(await container.logs()),
      ]
    },
  ),
)
const port = Wait.forAll([Wait.forLogMessage(/serv/), Wait.forListeningPorts()])
await step('wait for a log and for a port', () => using(serving(port), fetched))
await step('wait for http', () => using(serving(Wait.forHttp('/', 8080).forStatusCode(200)), fetched))
await step('wait for a command', () => using(sleeping(Wait.forSuccessfulCommand('test -d /tmp')), up))
const healthy = { test: ['CMD-SHELL', 'true'], interval: 200, retries: 5 }
await step('wait for health', () => using(sleeping(Wait.forHealthCheck()).withHealthCheck(healthy), up))
await step('wait for one shot', () => using(quick().withWaitStrategy(Wait.forOneShotStartup()), up))
await step('a wait that is in vain', () =>
  using(sleeping(Wait.forLogMessage('never')).withStartupTimeout(1000), up),
)
await step('an image that is not there', async () => {
  const failed = await using(new GenericContainer('localhost:1/nothing:1'), up).catch((error) => error)
  return failed instanceof Error
})
await step('commit', () =>
  using(sleeping(), async (container) => {
    await container.exec('touch /committed')
    const id = await container.commit({ repo: 'tc-committed', tag: '1' })
    const again = new GenericContainer('tc-committed:1').withCommand(SLEEP)
    return using(again.withWaitStrategy(ready()), async (made) => [
      typeof id,
      await made.exec('ls /committed'),
    ])
  }),
)
await step('restart', () =>
  using(sleeping(Wait.forSuccessfulCommand('true')), async (container) => {
    await container.restart({ timeout: 1 })
    return container.exec('echo again')
  }),
)
await step('networks with aliases', async () => {
  const network = await new Network().start()
  const server = serving(Wait.forListeningPorts()).withNetwork(network).withNetworkAliases('web')
  try {
    return await using(server, () =>
      using(sleeping().withNetwork(network), (client) => client.exec('wget -q -O - http://web:8080/')),
    )
  } finally {
    await network.stop()
  }
})
await step('fromDockerfile', () => built((builder) => builder))
await step('fromDockerfile with BuildKit', () => built((builder) => builder.withBuildkit()))
await step('reuse', async () => {
  const start = () => sleeping().withLabels({ reused: folder }).withReuse().start()
  const [first, second] = [await start(), await start()]
  await first.stop({ remove: true })
  return first.getId() === second.getId()
})
await step('ryuk runs', async () => {
  const { container } = await getContainerRuntimeClient()
  return (await container.list()).some(({ Image }) => Image.includes('ryuk'))
})
process.stdout.write(JSON.stringify(results), () => process.exit(0))

async function step(name, work) {
  try {
    results[name] = await work()
  } catch (error) {
    results[name] = { error: String(error?.message ?? error).split('\n')[0] }
  }
}

async function using(container, use) {
  const started = await container.start()
  try {
    return await use(started)
  } finally {
    await started.stop({ timeout: 0 })
  }
}

function ready() {
  return Wait.forLogMessage('ready')
}

function sleeping(strategy = ready()) {
  return new GenericContainer(IMAGE).withCommand(SLEEP).withWaitStrategy(strategy)
}

function quick() {
  return new GenericContainer(IMAGE).withCommand(['true'])
}

function serving(strategy) {
  return new GenericContainer(IMAGE).withCommand(HTTPD).withExposedPorts(8080).withWaitStrategy(strategy)
}

async function fetched(container) {
  return (await fetch(`http://127.0.0.1:${container.getMappedPort(8080)}/`)).status
}

async function up() {
  return 'up'
}

/** A log that is followed has no end. */
async function firstOf(stream) {
  for await (const chunk of stream) return String(chunk)
}

async function built(choose) {
  const context = mkdtempSync(join(tmpdir(), 'tc-'))
  const files = {
    Dockerfile: `FROM ${IMAGE}\nARG WORD=none\nCOPY *.txt /\nRUN echo $WORD > /word\nCMD ["sh", "-c", "echo ready; sleep 600"]\n`,
    ...{ 'kept.txt': 'kept', 'left.txt': 'left', '.dockerignore': 'left.txt\n' },
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(context, name), content)
  try {
    const image = await choose(
      GenericContainer.fromDockerfile(context).withBuildArgs({ WORD: 'given' }),
    ).build()
    const look = ['sh', '-c', 'cat /word /kept.txt; test -e /left.txt || echo left out']
    return await using(image.withWaitStrategy(ready()), (container) => container.exec(look))
  } finally {
    rmSync(context, { recursive: true })
  }
}
