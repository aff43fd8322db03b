// Packs a sparse file of 512 MiB and extracts it again. Prints how much memory that took, beyond what was in use before.
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { extractArchive, packPath } from '#src/archive/index.js'

const [folder = ''] = process.argv.slice(2)
await writeFile(join(folder, 'large'), '')
await truncate(join(folder, 'large'), 512 * 1024 ** 2)
await mkdir(join(folder, 'copy'))
const before = process.memoryUsage.rss()
const { bytes } = await extractArchive(await packPath(join(folder, 'large')), {
  destination: join(folder, 'copy'),
})
// maxRSS is in KiB, and is the greatest since the start.
console.log(JSON.stringify({ bytes, peak: process.resourceUsage().maxRSS * 1024 - before }))
