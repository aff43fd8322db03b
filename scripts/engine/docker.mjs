// @ts-check
// The docker command of a Debian suite, to compare the dockline command with.
import { existsSync } from 'node:fs'
import { chmod, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the commands are in a root file system. buildx is a plugin of docker, and also a command by itself. */
const COMMANDS = { docker: 'usr/bin/docker', buildx: 'usr/libexec/docker/cli-plugins/docker-buildx' }

/**
 * A script that runs a command of a root file system on this machine. It brings its own dynamic linker and libraries: those
 * of this machine may be older than it expects.
 * @param {string} root
 * @param {keyof typeof COMMANDS} [name]
 * @returns {Promise<string>} the script, beside the root file system
 */
export async function commandScript(root, name = 'docker') {
  const script = `${root}-${name}`
  if (existsSync(script)) return script
  const libraries = await only(join(root, 'usr/lib'), /-linux-gnu[a-z0-9]*$/)
  const linker = await only(libraries, /^ld-linux.*\.so\.\d+$/)
  const words = [linker, '--library-path', libraries, join(root, COMMANDS[name])]
  const partial = `${script}.${process.pid}.partial`
  await writeFile(partial, `#!/bin/sh\nexec ${words.map(quoted).join(' ')} "$@"\n`)
  await chmod(partial, 0o755)
  await rename(partial, script)
  return script
}

/**
 * @param {string} folder
 * @param {RegExp} pattern
 */
async function only(folder, pattern) {
  const found = (await readdir(folder)).find((name) => pattern.test(name))
  if (found === undefined)
    throw new Error(`there is no ${pattern} in ${folder}: remove it to have it made anew`)
  return join(folder, found)
}

/** @param {string} word */
function quoted(word) {
  return `'${word.replaceAll("'", "'\\''")}'`
}
