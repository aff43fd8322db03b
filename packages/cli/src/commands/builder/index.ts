import { renamed } from '../../flags/command.js'
import type { Commands } from '../index.js'

export const BUILDER_COMMANDS: Commands = {
  build: {
    summary: 'Build an image from a Dockerfile',
    load: renamed('builder build', () => import('../build.js')),
  },
  prune: {
    summary: 'Remove build cache',
    load: renamed('builder prune', () => import('../buildx/prune.js')),
  },
}
