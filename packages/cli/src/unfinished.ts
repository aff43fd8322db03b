import { rmSync } from 'node:fs'

/** Makes a file whole. It is removed if that fails, also when a signal ends the command before. */
export async function wholeOrGone<T>(file: string, make: () => Promise<T>): Promise<T> {
  const remove = () => rmSync(file, { force: true })
  process.once('exit', remove)
  try {
    return await make()
  } catch (error) {
    remove()
    throw error
  } finally {
    process.off('exit', remove)
  }
}
