// @ts-check

/** @typedef {import('../../packages/dockline/dist/index.js').Container} Container */

/**
 * What the library can do, in a few real answers.
 * @param {import('./engine.mjs').Ready & { signal: AbortSignal }} surroundings
 */
export async function giveTour({ client, image, signal }) {
  const { Version, Os, Arch } = await client.version({ signal })
  show('version', `Docker Engine ${Version} (${Os}/${Arch}), API ${await client.api.version(signal)}`)

  const hello = await client.containers.run(image, ['echo', 'hello from a container'], {
    remove: true,
    signal,
  })
  show('run', `${hello.stdout.trimEnd()} (exit code ${hello.exitCode})`)

  const script = 'for i in 1 2 3; do echo "line $i"; sleep 0.2; done; exec sleep 60'
  const job = await client.containers.run(image, ['sh', '-c', script], { detach: true, init: true, signal })
  try {
    await followLogs(job, signal)
    await execInIt(job, signal)
    for (const container of await client.containers.list({ signal })) {
      show(
        'ps',
        `${container.shortId}  ${container.summary?.Image}  ${container.summary?.Status}  ${container.name}`,
      )
    }
  } finally {
    await job.remove({ force: true, volumes: true })
  }
}

/**
 * @param {Container} job
 * @param {AbortSignal} signal
 */
async function followLogs(job, signal) {
  for await (const { source, line } of job.logs({ follow: true, signal }).lines()) {
    show('logs', `${source}: ${line}`)
    if (line === 'line 3') break
  }
}

/**
 * @param {Container} job
 * @param {AbortSignal} signal
 */
async function execInIt(job, signal) {
  const command = ['sh', '-c', 'wc -c; echo "and an error" >&2; exit 42']
  const result = await job.exec(command, { input: 'twelve bytes', signal })
  show('exec', `stdout ${JSON.stringify(result.stdout)}  stderr ${JSON.stringify(result.stderr)}`)
  show('exec', `exit code ${result.exitCode}`)
}

/**
 * @param {string} what
 * @param {string} answer
 */
function show(what, answer) {
  process.stdout.write(`${what.padEnd(8)} ${answer}\n`)
}
