import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { createTarDecoder, packTar, type TarHeader } from 'modern-tar'

const made: string[] = []
after(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))))

/** A folder that is gone after the tests of this file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-archive-'))
  made.push(folder)
  return folder
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
}

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export interface Listed extends TarHeader {
  readonly content: string
}

/** What is in an archive, read by the library rather than by us. */
export async function listTar(tar: AsyncIterable<Uint8Array>): Promise<Listed[]> {
  const bytes = await bytesOf(tar)
  const { readable, writable } = createTarDecoder({ strict: true })
  const writer = writable.getWriter()
  const written = writer.write(bytes).then(() => writer.close())
  const listed: Listed[] = []
  for await (const { header, body } of readable) {
    listed.push({ ...header, content: (await bytesOf(body)).toString() })
  }
  await written
  return listed
}

/** An archive with exactly these headers, however wicked. */
export async function tarOf(
  entries: readonly (Partial<TarHeader> & { name: string; body?: string })[],
): Promise<Buffer> {
  const packed = entries.map(({ body = '', ...header }) => ({
    header: { type: 'file' as const, mtime: new Date(1e12), ...header, size: Buffer.byteLength(body) },
    body,
  }))
  return Buffer.from(await packTar(packed))
}
