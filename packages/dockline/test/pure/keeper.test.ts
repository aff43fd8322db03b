import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { arch, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hasKeeper, KEEPER_ARCHITECTURES, keeperOf, keeperTar } from '#src/keeper/index.js'
import { PROGRAMS, SOURCE_SHA256 } from '#src/keeper/keeper.gen.js'

const SOURCE = fileURLToPath(new URL('../../src/keeper/keeper.c', import.meta.url))
const MACHINES = { amd64: 62, arm64: 183 }
const MOST_BYTES = 8192
/** What a pipe holds. Node makes a socket of it, which holds more. */
const PIPE_BYTES = 1024 * 1024

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('the keeper', () => {
  it('was compiled from the source that is here', async () => {
    assert.equal(hashOf(await readFile(SOURCE)), SOURCE_SHA256, 'npm run keeper compiles it anew')
  })

  for (const architecture of KEEPER_ARCHITECTURES) {
    it(`is a small static program for ${architecture}`, () => {
      const program = keeperOf(architecture)
      assert.equal(hashOf(program), PROGRAMS[architecture].sha256)
      assert.equal(program.subarray(0, 4).toString('latin1'), '\x7fELF')
      assert.equal(program.readUInt16LE(16), 2, 'an executable at a fixed address')
      assert.equal(program.readUInt16LE(18), MACHINES[architecture])
      assert.ok(!segmentTypes(program).includes(INTERPRETER), 'it asks for no loader')
      assert.ok(program.length < MOST_BYTES, `${program.length} bytes`)
    })
  }

  it('is there for the architectures that Docker names, and for no other', () => {
    assert.deepEqual([...KEEPER_ARCHITECTURES].sort(), ['amd64', 'arm64'])
    for (const other of ['riscv64', 's390x', 'toString', '', undefined]) assert.equal(hasKeeper(other), false)
  })

  it('comes in a tar as an executable file of root', async () => {
    const tar = await buffer(keeperTar('amd64', 'keeper'))
    assert.equal(tar.subarray(0, 6).toString(), 'keeper')
    assert.equal(tar.subarray(100, 107).toString(), '0000755')
    assert.deepEqual(tar.subarray(512, 512 + keeperOf('amd64').length), keeperOf('amd64'))
  })
})

const INTERPRETER = 3

/** The types of its program headers. */
function segmentTypes(program: Buffer): number[] {
  const [at, size, count] = [
    Number(program.readBigUInt64LE(32)),
    program.readUInt16LE(54),
    program.readUInt16LE(56),
  ]
  return Array.from({ length: count }, (_, index) => program.readUInt32LE(at + index * size))
}

const architecture = { x64: 'amd64', arm64: 'arm64' }[arch() as string]
const skip = platform() === 'linux' && hasKeeper(architecture) ? false : 'it runs on Linux only'

describe('the keeper as a program', { skip }, () => {
  const folder = mkdtemp(join(tmpdir(), 'keeper-'))
  const program = folder.then(async (path) => {
    const file = join(path, 'keeper')
    if (hasKeeper(architecture)) await writeFile(file, keeperOf(architecture), { mode: 0o755 })
    return file
  })
  after(async () => rm(await folder, { recursive: true }))

  it('exits with 3 for a command that it does not know', async () => {
    for (const words of [[], ['leash', 'long'], ['end'], ['kill', 'MARK', '9']])
      assert.equal(spawnSync(await program, words).status, 3)
  })

  it('holds a leash until the end of stdin, whatever is written to it', async () => {
    const leash = spawn(await program, ['leash'])
    leash.stdin.write('x'.repeat(100_000))
    leash.stdin.end()
    assert.deepEqual(await once(leash, 'exit'), [0, null])
  })

  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGQUIT', 3],
    ['SIGWINCH', 28],
  ] as const) {
    it(`lets go of a leash at ${signal}`, async () => {
      const leash = spawn(await program, ['leash'])
      await once(leash, 'spawn')
      // It reads on once it has asked for its signals.
      leash.stdin.write('x'.repeat(PIPE_BYTES + 1), () => leash.kill(signal))
      assert.deepEqual(await once(leash, 'exit'), [128 + number, null])
    })
  }

  it('ends the processes with a mark, and no other', async () => {
    const [value, elsewhere] = [randomUUID(), randomUUID()]
    // In sessions of their own, as those of an exec are.
    const start = (KEEPER_TEST: string) =>
      spawn('sleep', ['600'], { detached: true, env: { ...process.env, KEEPER_TEST } })
    const [marked, other] = [start(value), start(elsewhere)]
    const exit = once(marked, 'exit')
    await Promise.all([once(marked, 'spawn'), once(other, 'spawn')])
    assert.equal(spawnSync(await program, ['end', `KEEPER_TEST=${value}`, '15', '60000', '60000']).status, 0)
    assert.deepEqual(await exit, [null, 'SIGTERM'])
    assert.equal(other.exitCode, null)
    other.kill('SIGKILL')
    assert.deepEqual(await once(other, 'exit'), [null, 'SIGKILL'])
  })
})
