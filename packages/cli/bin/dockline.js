#!/usr/bin/env node
import module from 'node:module'

// From Node 22.1 on, what was compiled once is kept for the next time.
module.enableCompileCache?.()
await import('../bundle/main.js')
