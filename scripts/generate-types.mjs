#!/usr/bin/env node
// @ts-check

/**
 * Writes packages/dockline/src/api/types.gen.ts from a description of the Engine API: either the facts
 * (a folder with definitions.json and operations.json) or upstream's swagger.yaml.
 *
 *   node scripts/generate-types.mjs [--facts DIR] [--swagger FILE] [--out FILE] [--check]
 */

import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { correct } from './generate-types/corrections.mjs'
import { readFacts, readSwagger } from './generate-types/facts.mjs'
import { plan } from './generate-types/plan.mjs'
import { printFile } from './generate-types/print.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const usage = 'node scripts/generate-types.mjs [--facts DIR] [--swagger FILE] [--out FILE] [--check]'

async function main() {
  const options = readOptions()
  const text = generate(options.swagger ? await readSwagger(options.swagger) : await readFacts(options.facts))
  if (options.check) return check(options.out, text)
  await writeFile(options.out, text)
  console.log(`${options.out}: ${text.split('\n').length - 1} lines`)
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      facts: { type: 'string', default: resolve(root, '../shared/engine-api') },
      swagger: { type: 'string' },
      out: { type: 'string', default: resolve(root, 'packages/dockline/src/api/types.gen.ts') },
      check: { type: 'boolean', default: false },
    },
  })
  return values
}

/** @param {import('./generate-types/facts.mjs').Api} api */
function generate(api) {
  const planned = plan(api)
  for (const lost of correct(planned)) console.warn(`generate-types: correction has no place: ${lost}`)
  return printFile(planned)
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
