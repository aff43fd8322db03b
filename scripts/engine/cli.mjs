#!/usr/bin/env node
// @ts-check
// The command: progress on stderr, results on stdout.
import { parseArgs } from 'node:util'
import {
  buildxCommand,
  dockerCommand,
  ensureImage,
  listEngines,
  removeDead,
  restartEngine,
  startEngine,
  stopEngine,
  sweepEngines,
} from './index.mjs'

const HELP = `Real throwaway Engines on this machine: Docker's, and Podman's.

Usage: npm run engine -- COMMAND

  start [--suite SUITE] [--name NAME] [--network NETWORK] [--tls FOLDER] [--feature NAME=VALUE] [--in-memory]
        [--live-restore] [--owner PID] [--json]
                                                 start an engine and print how to reach it
  restart NAME [--force]                         end its daemon, with --force as a crash would, and
                                                 start it anew with all that it had
  stop [NAME | --all] [--force]                  stop it (all, or the only one); remove all it had
  status [--json]                                list the engines; remove what dead ones left
  image [--host HOST] [--json]                   make the image busybox:latest
                                                 (at DOCKER_HOST, or else in every engine)
  docker [--suite SUITE]                         print a command that runs the docker of that suite
                                                 (default: sid)
  buildx [--suite SUITE]                         print a command that runs the buildx of that suite
  sweep                                          stop and remove everything but cached root file systems

SUITE is 'machine' (the Docker of this machine's own distribution; the default) or a Debian suite
such as 'trixie' or 'sid', whose root file system is made once and kept in $DOCKLINE_CACHE or
~/.cache/dockline. 'podman', 'podman-trixie' and 'podman-sid' are the same with Podman in place of Docker.
Engines of one NETWORK reach each other; without it an engine is alone. With --tls it listens on
tcp://127.0.0.1:2376 of its own network too, with the ca.pem, server-cert.pem and server-key.pem of a FOLDER
in the machine's temporary folder. --feature is one of dockerd's, as in containerd-snapshotter=true. With
--in-memory its data never reaches a disk. With --live-restore containers run on while it is restarted. With
--owner, the next test run stops it once that process has gone.
`

const OPTIONS = /** @type {const} */ ({
  suite: { type: 'string' },
  name: { type: 'string' },
  network: { type: 'string' },
  tls: { type: 'string' },
  feature: { type: 'string' },
  'in-memory': { type: 'boolean' },
  'live-restore': { type: 'boolean' },
  owner: { type: 'string' },
  host: { type: 'string' },
  json: { type: 'boolean' },
  all: { type: 'boolean' },
  force: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
})

/** @param {string[]} args */
const parse = (args) => parseArgs({ args, options: OPTIONS, allowPositionals: true })

/** @typedef {ReturnType<typeof parse>['values']} Values */
/** @typedef {{ values: Values, names: string[], signal: AbortSignal }} Call */

/** @type {Record<string, { takes: (keyof Values)[], names?: number, run: (call: Call) => Promise<void> }>} */
const COMMANDS = {
  start: {
    takes: ['suite', 'name', 'network', 'tls', 'feature', 'in-memory', 'live-restore', 'owner', 'json'],
    run: start,
  },
  restart: { takes: ['force'], names: 1, run: restart },
  stop: { takes: ['all', 'force'], names: 1, run: stop },
  status: { takes: ['json'], run: status },
  image: { takes: ['host', 'json'], run: image },
  docker: { takes: ['suite'], run: docker },
  buildx: { takes: ['suite'], run: buildx },
  sweep: { takes: [], run: sweep },
}

/** @param {string} line */
const say = (line) => void process.stderr.write(`${line}\n`)

/** @param {string} line */
const print = (line) => void process.stdout.write(`${line}\n`)

/** @param {Call} call */
async function start({ values, signal }) {
  const { owner: pid, json, 'in-memory': inMemory, 'live-restore': liveRestore, ...settings } = values
  const owner = pid === undefined ? undefined : Number(pid)
  const engine = await startEngine({ ...settings, inMemory, liveRestore, keep: true, owner, say, signal })
  const before = engine.started ? '' : ', ran already'
  say(`'${engine.name}' is ${engine.kind} ${engine.version} (API ${engine.apiVersion})${before}`)
  print(json ? JSON.stringify(engine) : `export DOCKER_HOST=${engine.host}`)
}

/** @param {Call} call */
async function restart({ values: { force }, names: [name], signal }) {
  if (name === undefined) throw new Error('which one? give its name')
  await restartEngine(name, { force, signal })
  say(`restarted '${name}'`)
}

/** @param {Call} call */
async function stop({ values: { all, force }, names: [name] }) {
  if (all && name) throw new Error('give a name or --all, not both')
  const known = (await listEngines()).map((engine) => engine.name)
  if (!all && !name && known.length > 1) throw new Error(`which one? ${known.join(', ')}; or --all`)
  const wanted = name ? [name] : known
  if (wanted.length === 0) say('no engine is running')
  await Promise.all(
    wanted.map(async (each) => {
      if (!(await stopEngine(each, { force }))) throw new Error(`there is no engine '${each}'`)
      say(`stopped '${each}'`)
    }),
  )
}

/** @param {Call} call */
async function status({ values: { json } }) {
  const engines = await listEngines()
  if (json) print(JSON.stringify({ engines }))
  else if (engines.length === 0) say('no engine is running')
  else for (const engine of engines) print(row(engine))
  for (const { name } of engines.filter(({ state }) => state === 'dead')) await removeDead(name, { say })
}

/** @param {import('./index.mjs').EngineStatus} engine */
function row({ name, state, suite, host, version = '?', pid }) {
  return [
    name.padEnd(16),
    state.padEnd(8),
    suite.padEnd(10),
    version.padEnd(20),
    `pid ${pid ?? '-'}`,
    host,
  ].join('  ')
}

/** @param {Call} call */
async function image({ values: { host, json }, signal }) {
  const given = host ?? process.env.DOCKER_HOST
  const running = (await listEngines()).filter(({ state }) => state === 'running')
  const hosts = given ? [given] : running.map((engine) => engine.host)
  if (hosts.length === 0) throw new Error('no engine is running: start one, or give --host')
  const made = await Promise.all(
    hosts.map(async (each) => ({
      host: each,
      ...(await ensureImage(each, { say, signal })),
    })),
  )
  if (json) print(JSON.stringify({ images: made }))
  else for (const each of made) print(`${each.host}  ${each.name}${each.loaded ? '' : '  (was there)'}`)
}

/** @param {Call} call */
async function docker({ values: { suite }, signal }) {
  print(await dockerCommand({ suite, say, signal }))
}

/** @param {Call} call */
async function buildx({ values: { suite }, signal }) {
  print(await buildxCommand({ suite, say, signal }))
}

async function sweep() {
  const names = await sweepEngines()
  say(names.length === 0 ? 'there was nothing to sweep' : `swept ${names.join(', ')}`)
}

/** @param {string[]} args */
async function main(args) {
  const {
    values,
    positionals: [name, ...names],
  } = parse(args)
  if (values.help || !name) return print(HELP.trimEnd())
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) throw new Error(`there is no command '${name}': see --help`)
  for (const option of /** @type {(keyof Values)[]} */ (Object.keys(values))) {
    if (!command.takes.includes(option)) throw new Error(`'${name}' takes no --${option}: see --help`)
  }
  if (names.length > (command.names ?? 0)) throw new Error(`'${name}' takes no '${names.at(-1)}': see --help`)
  await command.run({ values, names, signal: interrupted() })
}

/** A first Ctrl-C lets what has begun be undone; the process ends by itself when that is done. */
function interrupted() {
  const controller = new AbortController()
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(name, () => {
      process.exitCode = name === 'SIGINT' ? 130 : 143
      controller.abort(new Error('interrupted; cleaned up'))
    })
  }
  return controller.signal
}

main(process.argv.slice(2)).catch((error) => {
  say(`engine: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode ||= 1
})
