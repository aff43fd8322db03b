// @ts-check
// Compiles the keeper, a program that runs inside containers, for each architecture. Debian has what it takes:
// apt-get install gcc binutils gcc-aarch64-linux-gnu gcc-x86-64-linux-gnu (the one of the machine is in gcc).
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ROOT } from './lib/prepare.mjs'

const ROOM = join(ROOT, 'packages/dockline/src/keeper')
const SOURCE = join(ROOM, 'keeper.c')
const COMPILERS = { amd64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' }
/** Small, without libc, and the same from every folder. */
const FLAGS = [
  ...['-std=c11', '-Os', '-Wall', '-Wextra', '-Werror', '-Wno-unused-value'],
  ...['-ffreestanding', '-fno-builtin', '-nostdlib', '-static', '-fno-pic', '-no-pie'],
  ...['-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fno-ident'],
  ...['-fno-tree-loop-distribute-patterns'],
  '-Wl,--build-id=none,-z,noseparate-code,-z,noexecstack,-z,norelro,-s',
]
const LINE_LENGTH = 100

const folder = mkdtempSync(join(tmpdir(), 'keeper-'))
try {
  const programs = Object.entries(COMPILERS).map(([architecture, compiler]) => {
    const program = compile(compiler, join(folder, architecture))
    console.log(`${architecture}: ${program.length} bytes, sha256 ${hashOf(program)}`)
    return { architecture, program }
  })
  writeFileSync(join(ROOM, 'keeper.gen.ts'), moduleOf(programs))
} finally {
  rmSync(folder, { recursive: true })
}

/**
 * @param {string} compiler
 * @param {string} into
 */
function compile(compiler, into) {
  execFileSync(compiler, [...FLAGS, '-o', into, SOURCE], { stdio: 'inherit' })
  return readFileSync(into)
}

/** @param {readonly { architecture: string, program: Buffer }[]} programs */
function moduleOf(programs) {
  return [
    '// Made by `npm run keeper` from keeper.c. Never edited.',
    '',
    '/** The sha256 of keeper.c when it was compiled. */',
    `export const SOURCE_SHA256 = '${hashOf(readFileSync(SOURCE))}'`,
    '',
    '/** The compiled keeper for each architecture of Linux: gzip in base64. */',
    'export const PROGRAMS = {',
    ...programs.flatMap(({ architecture, program }) => [
      `  ${architecture}: {`,
      `    sha256: '${hashOf(program)}',`,
      '    gzip:',
      `${literalOf(gzipSync(program, { level: 9 }).toString('base64'))},`,
      '  },',
    ]),
    '} as const',
    '',
  ].join('\n')
}

/** @param {string} base64 */
function literalOf(base64) {
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? []
  return lines.map((line) => `      '${line}'`).join(' +\n')
}

/** @param {Buffer} bytes */
function hashOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
