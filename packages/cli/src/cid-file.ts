import { type FileHandle, lstat, open } from 'node:fs/promises'
import { fileFailure } from './flags/files.js'
import { wholeOrGone } from './unfinished.js'

/**
 * The file for the id of the container that `create` makes. The file is made before the container, because without it
 * nobody could find the container. It is removed again when no container is made.
 */
export async function withCidFile(file: string | undefined, create: () => Promise<string>): Promise<string> {
  if (!file) return create()
  await refuseUsed(file)
  const handle = await openNew(file)
  try {
    return await wholeOrGone(file, async () => {
      const id = await create()
      await handle.writeFile(id)
      return id
    })
  } finally {
    await handle.close()
  }
}

/** A file that is there has the id of another container, which somebody still wants to know. */
async function refuseUsed(file: string): Promise<void> {
  const exists = await lstat(file).then(
    () => true,
    () => false,
  )
  if (exists) throw found(file)
}

function found(file: string): Error {
  const advice = `make sure the other container isn't running or delete ${file}`
  return new Error(`container ID file found, ${advice}`)
}

/** Makes the file, and never opens an existing one: that may be a link to a file that must not be overwritten. */
async function openNew(file: string): Promise<FileHandle> {
  return open(file, 'wx').catch((cause) => {
    if (cause.code === 'EEXIST') throw found(file)
    const { message } = fileFailure(file, cause)
    throw new Error(`failed to create the container ID file: ${message}`, { cause })
  })
}
