import { renamed } from '../../flags/command.js'
import type { Commands } from '../index.js'

export const IMAGE_COMMANDS: Commands = {
  build: {
    summary: 'Build an image from a Dockerfile',
    load: renamed('image build', () => import('../build.js')),
  },
  history: {
    summary: 'Show the history of an image',
    load: renamed('image history', () => import('../history.js')),
  },
  import: {
    summary: 'Import the contents from a tarball to create a filesystem image',
    load: renamed('image import', () => import('../import.js')),
  },
  inspect: {
    summary: 'Display detailed information on one or more images',
    load: () => import('./inspect.js'),
  },
  load: {
    summary: 'Load an image from a tar archive or STDIN',
    load: renamed('image load', () => import('../load.js')),
  },
  ls: {
    summary: 'List images',
    aliases: ['list'],
    load: renamed('image ls', () => import('../images.js')),
  },
  prune: { summary: 'Remove unused images', load: () => import('./prune.js') },
  pull: {
    summary: 'Download an image from a registry',
    load: renamed('image pull', () => import('../pull.js')),
  },
  push: {
    summary: 'Upload an image to a registry',
    load: renamed('image push', () => import('../push.js')),
  },
  rm: {
    summary: 'Remove one or more images',
    aliases: ['remove'],
    load: renamed('image rm', () => import('../rmi.js')),
  },
  save: {
    summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
    load: renamed('image save', () => import('../save.js')),
  },
  tag: {
    summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
    load: renamed('image tag', () => import('../tag.js')),
  },
}
