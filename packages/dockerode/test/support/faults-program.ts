import { dockerode, dockline, ourModem, theirModem } from './both.js'
import { beImpatient, MENDED } from './faults.js'

/**
 * Runs checks on one package, and prints as JSON what is wrong with each as soon as it has ended: some faults end the process by
 * themselves.
 */
const [which, ...names] = process.argv.slice(2)
const packages =
  which === 'dockerode' ? { Docker: dockerode, Modem: theirModem } : { Docker: dockline, Modem: ourModem }

if (which === 'dockerode') beImpatient()

for (const name of names) {
  const before = { ...process.env }
  const wrong = await wrongWith(name)
  process.env = before
  process.stdout.write(`${JSON.stringify([name, wrong])}\n`)
}
process.stdout.write('', () => process.exit(0))

async function wrongWith(name: string): Promise<string> {
  try {
    await MENDED[name]?.(packages)
    return ''
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}
