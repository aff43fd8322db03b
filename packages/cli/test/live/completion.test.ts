// What real shells complete.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { onPty, until } from '../../../dockline/dist-test/support/pty.js'
import { writeProgram } from '../../../dockline/dist-test/support/write-program.js'
import { BIN, dockline } from '../support/dockline.js'
import { aContainer, aName, aRunningContainer, IMAGE, onNewestEngine } from '../support/engines.js'
import { NO_ENGINE } from '../support/nowhere.js'

const run = promisify(execFile)
const PACKAGES = new URL('../../../../scripts/engine/packages.mjs', import.meta.url)

let folder: string
let env: NodeJS.ProcessEnv

before(async () => {
  await installShells()
  folder = await mkdtemp(join(tmpdir(), 'dockline-completion-'))
  const file = join(folder, 'dockline')
  writeProgram(file, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`)
  for (const shell of ['bash', 'fish'])
    await writeFile(join(folder, shell), (await dockline('', ['completion', shell])).stdout)
  env = {
    ...process.env,
    PATH: `${folder}${delimiter}${process.env.PATH}`,
    DOCKER_CONFIG: folder,
    HOME: folder,
  }
})
after(() => rm(folder, { recursive: true }))

async function installShells(): Promise<void> {
  if (['bash', 'zsh', 'fish'].every((shell) => spawnSync(shell, ['--version']).status === 0)) return
  const { needPackages } = (await import(PACKAGES.href)) as {
    needPackages(names: readonly string[], progress: object): Promise<void>
  }
  await needPackages(['bash', 'zsh', 'fish'], {})
}

type Complete = (line: string, host?: string) => Promise<string[]>

const bash: Complete = async (line, host) => {
  const script = `source '${join(folder, 'bash')}'; COMP_LINE=$1; COMP_POINT=\${#1}; _dockline
    printf '%s\\n' "\${COMPREPLY[@]}"`
  return words(
    await run('bash', ['--norc', '-c', script, 'bash', line], { env: { ...env, DOCKER_HOST: host } }),
  )
}

const fish: Complete = async (line, host) => {
  const script = `source '${join(folder, 'fish')}'; complete -C $argv[1]`
  return words(await run('fish', ['--no-config', '-c', script, line], { env: { ...env, DOCKER_HOST: host } }))
}

/** A person who is offered nothing asks again: dockline leaves names out that a busy Engine does not tell at once. */
const patiently: Complete = async (line, host) => {
  let found: string[] = []
  await until(async () => {
    found = await bash(line, host)
    return found.length > 0
  }, `something completes ${line}`)
  return found
}

function words({ stdout }: { readonly stdout: string }): string[] {
  return stdout
    .split('\n')
    .map((word) => word.replace(/\t.*/, ''))
    .filter((word) => word !== '')
}

describe('bash completes', { concurrency: 2 }, () => completes(bash))
describe('fish completes', { concurrency: 2 }, () => completes(fish))

function completes(complete: Complete): void {
  it('commands, by their beginning', async () => {
    assert.deepEqual((await complete('dockline sto')).sort(), ['stop'])
    assert.deepEqual((await complete('dockline st')).sort(), ['start', 'stats', 'stop'])
    assert.ok(!(await complete('dockline ')).some((word) => word.startsWith('__')))
  })

  it('commands in groups', async () => {
    assert.deepEqual(await complete('dockline volume in'), ['inspect'])
    assert.ok((await complete('dockline network ')).includes('connect'))
  })

  it('flags, of the command and not of what is run by it', async () => {
    assert.deepEqual((await complete('dockline exec --env')).sort(), ['--env', '--env-file'])
    assert.deepEqual(await complete('dockline run -it --rm busybox --netw'), [])
    assert.deepEqual((await complete('dockline --con')).sort(), ['--config', '--context'])
  })

  it('what a flag can be', async () => {
    assert.deepEqual((await complete('dockline run --pull ')).sort(), ['always', 'missing', 'never'])
    assert.deepEqual(await complete('dockline stop -s SIGT'), ['SIGTERM'])
    assert.deepEqual(await complete('dockline --context def'), ['default'])
  })

  it('contexts', async () => {
    assert.deepEqual(await complete('dockline context use d'), ['default'])
  })

  it('nothing for what does not exist, and without an Engine', async () => {
    assert.deepEqual(await complete('dockline no-such-command x'), [])
    assert.deepEqual(await complete('dockline stop ', NO_ENGINE), [])
  })
}

it('bash completes a value in the same word, behind what it takes for the end of one', async () => {
  assert.deepEqual(await bash('dockline run --pull=al'), ['always'])
})

it('bash offers files where a file can stand', async (test) => {
  await writeFile(join(folder, 'some-archive.tar'), '')
  const program = await interactive(test, ['bash', '--norc', '-i'])
  program.type(`cd '${folder}'; source <(dockline completion bash); PS1='BASH>'\r`)
  await program.screen.endsWith('BASH>')
  program.type('dockline import some-ar\t')
  await program.screen.shows(/^BASH>dockline import some-archive\.tar/m)
})

it('zsh completes commands, flags and what they can be', async (test) => {
  const program = await interactive(test, ['zsh', '-f', '-i'])
  program.type(
    "PS1='ZSH>'; autoload -Uz compinit; compinit -u -D; source <(dockline completion zsh); clear\r",
  )
  await program.screen.endsWith('ZSH>')
  program.type('dockline sto\t')
  await program.screen.shows(/^ZSH>dockline stop/m)
  program.type('\x15dockline run --netw\t\t')
  await program.screen.shows(/^--network-alias +-- Add network-scoped alias/m)
  program.type('\x15dockline run --pull alw\t')
  await program.screen.shows(/^ZSH>dockline run --pull always/m)
})

it('a shell that nobody knows is refused', async () => {
  const { exitCode, stderr } = await dockline('', ['completion', 'tcsh'])
  assert.equal(exitCode, 1)
  assert.match(stderr, /no completion for 'tcsh': there is one for bash, zsh, fish/)
})

function interactive(test: TestContext, shell: readonly string[]) {
  return onPty(test, shell, { env: { PATH: env.PATH ?? '', HOME: folder, DOCKER_CONFIG: folder } })
}

onNewestEngine((engine) => {
  const complete = (line: string) => patiently(line, engine.host)

  it('completes containers that run where they have to, and others where they may not', async (test) => {
    const running = (await aRunningContainer(test, engine)).name ?? ''
    const created = await nameOf(await aContainer(test, engine, ['true']))
    const both = [running, created].sort()
    for (const command of ['exec', 'attach', 'stop', 'kill', 'container stop']) {
      assert.deepEqual(own(await complete(`dockline ${command} dockline-cli-`), both), [running], command)
    }
    for (const command of ['rm', 'logs', 'inspect', 'container inspect', 'rename', 'container rm -f']) {
      assert.deepEqual(own(await complete(`dockline ${command} dockline-cli-`), both), both, command)
    }
    assert.deepEqual(own(await complete('dockline start dockline-cli-'), both), [created])
    // What was given already is not wanted again.
    assert.deepEqual(own(await complete(`dockline rm ${running} dockline-cli-`), both), [created])
    assert.deepEqual(own(await complete('dockline run --volumes-from dockline-cli-'), both), both)
  })

  it('completes images, networks and volumes', async (test) => {
    const name = aName(test, engine)
    const volume = await engine.client.volumes.create({ name })
    test.after(() => volume.remove())
    const network = await engine.client.networks.create(name)
    test.after(() => network.remove())
    assert.deepEqual(await complete(`dockline volume rm ${name}`), [name])
    assert.deepEqual(await complete(`dockline network connect ${name}`), [name])
    assert.deepEqual(await complete(`dockline run -it --network ${name}`), [name])
    // Bash keeps what stands before the colon.
    const [image = '', tag = ''] = IMAGE.split(':')
    assert.ok((await complete(`dockline run --rm ${image.slice(0, -1)}`)).includes(IMAGE))
    assert.deepEqual(await complete(`dockline rmi ${image}:${tag.slice(0, 2)}`), [tag])
  })

  it('asks the Engine that the flags before the command name', async (test) => {
    const running = (await aRunningContainer(test, engine)).name ?? ''
    const found = await patiently(`dockline -H ${engine.host} stop ${running}`, NO_ENGINE)
    assert.deepEqual(found, [running])
  })
})

async function nameOf(container: Awaited<ReturnType<typeof aContainer>>): Promise<string> {
  return (await container.reload()).name ?? ''
}

/** Other tests' containers may be there as well. */
function own(found: readonly string[], names: readonly string[]): string[] {
  return found.filter((word) => names.includes(word)).sort()
}
