#!/usr/bin/env node
// CommonJS, since Node starts it in half the time of a module.
'use strict'

const { bun, deno } = process.versions
// Other runtimes have caches of their own.
if (bun !== undefined || deno !== undefined) require('../bundle/main.cjs')
else require('./bundle-loader.cjs').start()
