import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { IMAGE, onEveryEngine } from '../support/engines.js'
import { aRegistry, enginePid } from '../support/registry.js'
import {
  countInvocations,
  doesTheSame,
  eachLooksTheSame,
  eachShowsTheSame,
  looksTheSame,
  type Words,
} from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

const NAME = `dockline-cli-image-${process.pid}`
const LABEL = `label=of=${NAME}`
const DOCKERFILE = `FROM ${IMAGE}
LABEL of=${NAME}
RUN echo "a line of some length, so that there is something to cut off"\t>/a
CMD ["cat", "/a"]
`
const BUILD = { env: { DOCKER_BUILDKIT: '0' } }
/** The ids of steps, of what runs them, and of what comes out. */
const IDS = [/\b[0-9a-f]{12}\b/g, /sha256:[0-9a-f]{64}/g, /daemon +[\d.]+k?M?B\r?\r?/]

countInvocations()

onEveryEngine((engine) => {
  describe('images', { skip: withoutDocker }, () => {
    let folder = ''

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dockline-cli-'))
      await writeFile(join(folder, 'Dockerfile'), DOCKERFILE)
      await writeFile(join(folder, 'Failing'), `FROM ${IMAGE}\nLABEL of=${NAME}\nRUN echo no; exit 7\n`)
      await engine.client.images.build({
        dockerfileContent: DOCKERFILE,
        tags: [`${NAME}:1`, `${NAME}:two`, `${NAME}/inner:1`],
        // Its layers are the cache of the builds that are compared, so that neither of the two makes any first.
        builder: 'classic',
        forceRemove: true,
      })
    })
    after(async () => {
      await rm(folder, { recursive: true, force: true })
      const images = await engine.client.images.list({ all: true, filters: { label: [`of=${NAME}`] } })
      for (const image of images) await image.remove({ force: true }).catch(() => {})
    })

    const looks: readonly Words[] = [
      ['images', NAME],
      ['image', 'ls', NAME],
      ['image', 'list', '--no-trunc', NAME],
      ['images', '-q', NAME],
      ['images', '-q', '--no-trunc', `${NAME}:1`],
      ['images', '--digests', NAME],
      ['images', '-a', NAME],
      ['images', '--filter', LABEL, '--format', '{{.Repository}}', `${NAME}:1`],
      ['images', '-f', LABEL, '-f', 'dangling=true'],
      ['images', '-f', `reference=${NAME}*`],
      ['images', '--format', 'json', NAME],
      ['images', '--format', '{{.Repository}}|{{.Tag}}|{{.ID}}|{{.Size}}|{{.CreatedSince}}', NAME],
      ['images', '--format', 'table {{.Tag}}\t{{.Repository}}', NAME],
      ['images', '--format', '{{json .Tag}}{{if eq .Tag "two"}}!{{end}}', NAME],
      ['images', 'dockline-no-such'],
      ['history', `${NAME}:1`],
      ['image', 'history', '--no-trunc', `${NAME}:1`],
      ['history', '-q', `${NAME}:1`],
      ['history', '-q', '--no-trunc', `${NAME}:1`],
      ['history', '-H=false', `${NAME}:1`],
      ['history', '--format', 'json', `${NAME}:1`],
      ['history', '--format', '{{.ID}} {{.CreatedBy}} {{.Comment}} {{.Size}} {{.CreatedAt}}', `${NAME}:1`],
      ['history', '--format', 'table {{.Size}}\t{{.ID}}', `${NAME}:1`],
      ['history', 'dockline-no-such'],
      ['image', 'inspect', `${NAME}:1`],
      ['image', 'inspect', '-f', '{{.Id}} {{.Architecture}} {{json .Config.Labels}}', `${NAME}:1`],
      ['image', 'inspect', '--format', '{{range .RepoTags}}<{{.}}>{{end}}', `${NAME}:1`, 'dockline-no-such'],
      ['image', 'inspect', 'dockline-no-such'],
      ['image', 'prune'],
      ['image', 'prune', '-a', '--filter', LABEL],
      ['image', 'prune', '-f', '--filter', 'label=dockline-no-such'],
      ['rmi', 'dockline-no-such', 'dockline-no-such:2'],
      ['rmi', '-f', 'dockline-no-such'],
      ['tag', 'dockline-no-such', 'dockline/a:1'],
      ['save', 'dockline-no-such'],
      ['save', NAME, '-o', '/dockline-no-such/x.tar'],
      // An Engine with an older API does not have these flags.
      ['save', '--platform', 'linux/amd64', 'dockline-no-such'],
      ['history', '--platform', 'linux/amd64', 'dockline-no-such'],
      ['image', 'inspect', '--platform', 'linux/amd64', 'dockline-no-such'],
      ['rmi', '--platform', 'linux/amd64', 'dockline-no-such'],
      ['push', '--platform', 'linux/amd64', '127.0.0.1:1/dockline-no-such'],
      ['load', '-i', '/dockline-no-such.tar'],
      ['import', '/dockline-no-such.tar'],
      ['pull', '127.0.0.1:1/x'],
      ['pull', '-q', '127.0.0.1:1/x:2'],
      ['pull', '-a', '127.0.0.1:1/x:1'],
      ['push', '127.0.0.1:1/dockline-no-such'],
      ['push', '-a', '127.0.0.1:1/x:1'],
      ['build', '/dockline-no-such'],
      ['build', '/dev/null'],
      ['build', '-f', '-', '-'],
    ]
    eachShowsTheSame(
      engine,
      looks.map((words) => [words, words[0] === 'build' ? BUILD : undefined]),
    )

    const refusals: readonly Words[] = [
      ['pull'],
      ['pull', 'a', 'b'],
      ['pull', '--no-such-flag', 'a'],
      ['push'],
      ['tag', 'a'],
      ['rmi'],
      ['history'],
      ['history', '--human=perhaps', 'a'],
      ['save'],
      ['search'],
      ['search', '--limit', 'many', 'a'],
      ['image', 'inspect'],
      ['image', 'dockline-no-such'],
      ['images', 'a', 'b'],
      ['images', '-f', 'nothing'],
      ['build'],
    ]
    eachLooksTheSame(
      engine,
      'refuses',
      refusals.map((words) => [words, BUILD]),
      { clientOnly: true },
    )

    const ofPlatforms: readonly Words[] = [
      ['image', 'inspect', '-f', '{{.Id}}', '--platform', 'linux', IMAGE],
      ['image', 'inspect', '-f', '{{.Id}}', '--platform', 'amd64', IMAGE],
      ['image', 'inspect', '-f', '{{.Id}}', '--platform', 'linux/s390x', IMAGE],
      ['history', '-q', '--platform', 'linux', IMAGE],
      ['history', '-q', '--platform', 'arm64', IMAGE],
      ['save', '-o', '/dev/null', '--platform', 'linux', IMAGE],
      ['push', '--platform', 'linux', '127.0.0.1:1/dockline-no-such:1'],
      ['push', '--platform', '', '127.0.0.1:1/dockline-no-such:1'],
      ['push', '-q', '--platform', 'linux/amd64', '127.0.0.1:1/dockline-no-such'],
      ['push', `127.0.0.1:1/dockline-no-such@sha256:${'0'.repeat(64)}`],
      ['push', '-a', `127.0.0.1:1/dockline-no-such@sha256:${'0'.repeat(64)}`],
      ['rmi', '--platform', 'linux', 'dockline-no-such'],
    ]
    eachLooksTheSame(
      engine,
      'of platforms and by digests',
      ofPlatforms.map((words) => [words]),
      { clientOnly: true },
    )

    const ownWords: readonly Words[] = [
      ['tag', 'a', 'NOT A NAME'],
      ['import'],
      ['build', '-t', 'NOT A NAME', '.'],
      ['build', '-m', '1x', '.'],
      ['build', '--secret', 'id=a', '.'],
    ]
    eachLooksTheSame(
      engine,
      'refuses in words of its own',
      ownWords.map((words) => [words, { stderr: 'own', ...BUILD }]),
      { clientOnly: true },
    )

    it('image is a group with the same commands', async () => {
      await looksTheSame(engine, ['image'], { moving: [/[\s\S]*/] })
    })

    const doings: readonly (readonly [name: string, words: (subject: string) => Words])[] = [
      ['tag', (subject) => ['tag', `${NAME}:1`, subject]],
      ['image tag', (subject) => ['image', 'tag', subject, `${subject}:more`]],
      ['rmi of a tag', (subject) => ['rmi', `${subject}:more`]],
      ['image rm', (subject) => ['image', 'rm', '-f', '--no-prune', subject]],
    ]
    it('tags and removes', async () => {
      const subjects = { docker: `${NAME}-one`, dockline: `${NAME}-two` }
      for (const [, words] of doings) await doesTheSame(engine, subjects, words)
    })

    it('builds, with the same words', async () => {
      const subjects = { docker: `${NAME}-built-one`, dockline: `${NAME}-built-two` }
      const options = { ...BUILD, moving: IDS }
      await doesTheSame(engine, subjects, (subject) => ['build', '-t', subject, folder], options)
      await doesTheSame(engine, subjects, (subject) => ['build', '-q', '-t', subject, folder], options)
      await doesTheSame(engine, subjects, (subject) => ['image', 'build', '-qt', subject, folder], options)
      await doesTheSame(engine, subjects, (subject) => ['build', '-qt', subject, '-'], {
        ...options,
        input: DOCKERFILE,
      })
      await doesTheSame(engine, subjects, (subject) => ['build', '-t', subject, '-f', '-', folder], {
        ...options,
        input: DOCKERFILE,
      })
      await doesTheSame(
        engine,
        subjects,
        (subject) => ['build', '--force-rm', '-t', subject, '-f', join(folder, 'Failing'), folder],
        options,
      )
      await doesTheSame(
        engine,
        subjects,
        () => ['build', '-q', '--force-rm', '-f', join(folder, 'Failing'), folder],
        options,
      )
      await doesTheSame(engine, subjects, () => ['build', '--target', 'none', folder], options)
      await doesTheSame(engine, subjects, (subject) => ['rmi', '-f', subject], options)
    })

    it('saves and loads', async () => {
      const subjects = { docker: join(folder, 'one.tar'), dockline: join(folder, 'two.tar') }
      await doesTheSame(engine, subjects, (file) => ['save', '-o', file, `${NAME}:1`, `${NAME}:two`])
      await doesTheSame(engine, subjects, (file) => ['image', 'load', '-i', file], { moving: [/image.*/g] })
      await doesTheSame(engine, subjects, (file) => ['load', '-q', '--input', file], { moving: [/image.*/g] })
      await doesTheSame(engine, subjects, () => ['load'], {
        input: 'no archive',
        moving: [/docker-import-\d+/],
      })
    })

    it('imports', async () => {
      const subjects = { docker: `${NAME}-imported-one`, dockline: `${NAME}-imported-two` }
      const file = join(folder, 'root.tar')
      await writeFile(file, Buffer.alloc(1024))
      const flags = ['-c', `LABEL of=${NAME}`, '-m', 'a message']
      const moving = IDS
      await doesTheSame(engine, subjects, (subject) => ['import', ...flags, file, subject], { moving })
      await doesTheSame(engine, subjects, (subject) => ['history', '--format', '{{.Comment}}', subject])
      await doesTheSame(engine, subjects, (subject) => ['image', 'import', ...flags, '-', `${subject}:two`], {
        moving,
        input: '\0'.repeat(1024),
      })
      await doesTheSame(engine, subjects, (subject) => ['rmi', subject, `${subject}:two`], {
        // Two that have a layer in common remove it once.
        moving: [/(Deleted: .*\n)+/g],
      })
    })
  })

  describe('a registry', { skip: withoutDocker }, () => {
    it('gets and gives images in the same words', async (test) => {
      const pid = await enginePid(engine.host)
      if (pid === undefined) return test.skip('no throwaway Engine, where a registry could be')
      const registry = await aRegistry(pid)
      const one = `${registry}/${NAME}/one`
      const two = `${registry}/${NAME}/two`
      const tags = [one, two].flatMap((name) => [`${name}:latest`, `${name}:2`])
      for (const tag of tags) await engine.client.images.tag(IMAGE, tag)
      test.after(async () => {
        for (const tag of tags) await engine.client.images.remove(tag).catch(() => {})
      })
      const subjects = { docker: one, dockline: two }
      const layers = { moving: [/^[0-9a-f]{12}: .*\n/gm, /Pulling from .*/g] }
      await doesTheSame(engine, subjects, (name) => ['push', name], layers)
      await doesTheSame(engine, subjects, (name) => ['push', '-q', `${name}:2`])
      await doesTheSame(engine, subjects, (name) => ['image', 'push', '-a', name], layers)
      await doesTheSame(engine, subjects, (name) => ['push', `${name}:none`], layers)
      await doesTheSame(engine, subjects, (name) => ['pull', name], layers)
      await doesTheSame(engine, subjects, (name) => ['image', 'pull', '-q', `${name}:2`])
      await doesTheSame(engine, subjects, (name) => ['pull', '-a', name], layers)
      await doesTheSame(engine, subjects, (name) => ['pull', `${name}:none`], layers)
      await doesTheSame(engine, subjects, (name) => ['rmi', `${name}:latest`, `${name}:2`], {
        moving: [/@sha256:.*/g],
      })
      await doesTheSame(engine, subjects, (name) => ['pull', name], layers)
    })
  })
})
