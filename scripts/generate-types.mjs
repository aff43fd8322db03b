#!/usr/bin/env node
// @ts-check

/**
 * Writes packages/dockline/src/api/*.gen.ts from a description of the Engine API: either the facts
 * (a folder with definitions.json and operations.json) or upstream's swagger.yaml.
 *
 *   types.gen.ts   the types
 *   gated.gen.ts   the names of what some API version lacks
 *   answers.gen.ts what belongs where in an answer
 *   since.gen.ts   what can be sent to each endpoint, and since when; loaded when one of those names is used
 *
 *   node scripts/generate-types.mjs [--facts DIR] [--swagger FILE] [--out DIR] [--check]
 */

import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { printAnswers } from './generate-types/answers.mjs'
import { correct } from './generate-types/corrections.mjs'
import { readFacts, readSwagger } from './generate-types/facts.mjs'
import { plan } from './generate-types/plan.mjs'
import { printFile } from './generate-types/print.mjs'
import { Prose } from './generate-types/prose.mjs'
import { printGated, printOperations } from './generate-types/requests.mjs'
import { date } from './generate-types/since.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const usage = 'node scripts/generate-types.mjs [--facts DIR] [--swagger FILE] [--out DIR] [--check]'

async function main() {
  const options = readOptions()
  const files = generate(
    options.swagger ? await readSwagger(options.swagger) : await readFacts(options.facts),
  )
  for (const [name, text] of Object.entries(files)) {
    const file = join(options.out, name)
    if (options.check) await check(file, text)
    else await write(file, text)
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      facts: { type: 'string', default: resolve(root, '../shared/engine-api') },
      swagger: { type: 'string' },
      out: { type: 'string', default: resolve(root, 'packages/dockline/src/api') },
      check: { type: 'boolean', default: false },
    },
  })
  return values
}

/** @param {import('./generate-types/facts.mjs').Api} api */
function generate(api) {
  const planned = plan(api)
  for (const lost of [...correct(planned), ...date(planned)]) {
    console.warn(`generate-types: correction has no place: ${lost}`)
  }
  const prose = Prose.read()
  const types = printFile(planned, prose)
  for (const problem of prose.problems()) {
    console.warn(`generate-types: ${problem}`)
    process.exitCode = 1
  }
  return {
    'types.gen.ts': types,
    'answers.gen.ts': printAnswers(planned),
    'gated.gen.ts': printGated(planned),
    'since.gen.ts': printOperations(planned),
  }
}

/**
 * @param {string} file
 * @param {string} text
 */
async function write(file, text) {
  await writeFile(file, text)
  console.log(`${file}: ${text.split('\n').length - 1} lines`)
}

/**
 * @param {string} file
 * @param {string} text
 */
async function check(file, text) {
  const current = await readFile(file, 'utf8').catch(() => '')
  if (current === text) return
  console.error(`${file} is not what the description gives. Run: node scripts/generate-types.mjs`)
  process.exitCode = 1
}

try {
  await main()
} catch (error) {
  console.error(`generate-types: ${error instanceof Error ? error.message : error}\nUsage: ${usage}`)
  process.exitCode = 2
}
