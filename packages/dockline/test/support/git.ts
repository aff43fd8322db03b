import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { needPackages } from './packages.js'
import type { Owner } from './registry.js'

const run = promisify(execFile)

/** Makes a git repository of a folder, with all files in the first commit of its branch `main`. */
export async function makeRepository(folder: string): Promise<void> {
  await needPackages(['git'])
  const git = (...words: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...words])
  await git('init', '-q', '-b', 'main')
  await git('remote', 'add', 'origin', 'https://git.example.com/app.git')
  await git('add', '-f', '.')
  await git('commit', '-q', '-m', 'first')
}

/** Hands each request to git's own server for the web, on a port that it prints. */
const WEB_SERVER = `
const { spawn } = require('node:child_process')
const { createServer } = require('node:http')
const [folder, backend] = process.argv.slice(1)
createServer((request, response) => {
  const { pathname, search } = new URL(request.url, 'http://localhost')
  const { 'content-type': type = '', 'content-encoding': encoding = '', 'git-protocol': protocol = '' } = request.headers
  const env = { PATH: process.env.PATH, GIT_PROJECT_ROOT: folder, GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: pathname,
    GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*',
    QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method, CONTENT_TYPE: type,
    HTTP_CONTENT_ENCODING: encoding, GIT_PROTOCOL: protocol }
  const child = spawn(backend, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  request.pipe(child.stdin)
  const chunks = []
  child.stdout.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const answer = Buffer.concat(chunks)
    const end = answer.indexOf('\\r\\n\\r\\n')
    for (const line of answer.subarray(0, end).toString().split('\\r\\n')) {
      const [, name, value] = /^(.*?): (.*)$/.exec(line)
      if (name === 'Status') response.statusCode = parseInt(value)
      else response.setHeader(name, value)
    }
    response.end(answer.subarray(end + 4))
  })
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })
`

/** Serves the repositories in a folder in the network of an Engine, until the test is over. Returns the URL of the folder. */
export async function serveRepositories(
  owner: Owner,
  pid: number,
  { folder, scheme }: { readonly folder: string; readonly scheme: 'git' | 'http' },
): Promise<string> {
  await needPackages(['git'])
  const programs = (await run('git', ['--exec-path'])).stdout.trim()
  if (scheme === 'http') {
    const command = [process.execPath, '-e', WEB_SERVER, folder, join(programs, 'git-http-backend')]
    return `http://127.0.0.1:${await startInNetwork(owner, pid, command)}`
  }
  const port = 20_000 + Math.floor(Math.random() * 40_000)
  const options = [
    '--verbose',
    `--base-path=${folder}`,
    '--export-all',
    '--listen=127.0.0.1',
    `--port=${port}`,
  ]
  // Without `git` before it, because that only starts it, and would leave it behind.
  await startInNetwork(owner, pid, [join(programs, 'git-daemon'), ...options])
  return `git://127.0.0.1:${port}`
}

/** Runs a server in the network of an Engine until the test is over, and returns the first line that it writes. */
export async function startInNetwork(owner: Owner, pid: number, command: readonly string[]): Promise<string> {
  const enter = ['--pdeathsig', 'KILL', 'nsenter', '--net', '--target', String(pid)]
  const server = spawn('setpriv', [...enter, ...command], { stdio: ['ignore', 'pipe', 'pipe'] })
  owner.after(() => server.kill('SIGKILL'))
  const lines = [server.stdout, server.stderr].map((input) => once(createInterface({ input }), 'line'))
  const [line] = await Promise.race(lines)
  return String(line)
}
