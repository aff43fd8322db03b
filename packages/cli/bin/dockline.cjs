#!/usr/bin/env node
// CommonJS, since Node starts it in half the time of a module.
'use strict'

// From Node 22.1 on, what was compiled once is kept for the next time. Before, node:module would be loaded for nothing.
if (Number.parseInt(process.versions.node, 10) >= 22) require('node:module').enableCompileCache?.()
require('../bundle/main.cjs')
