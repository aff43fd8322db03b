import { dockerode, dockline, ourModem, theirModem } from './both.js'
import { beImpatient, MENDED } from './faults.js'

/**
 * Runs checks on one package, and prints as JSON what is wrong with each. On dockerode they run one at a time: some faults end
 * the process by themselves.
 */
const [which, ...names] = process.argv.slice(2)
const packages =
  which === 'dockerode' ? { Docker: dockerode, Modem: theirModem } : { Docker: dockline, Modem: ourModem }

if (which === 'dockerode') beImpatient()

const wrong: Record<string, string> = {}
for (const name of names) {
  const before = { ...process.env }
  try {
    await MENDED[name]?.(packages)
  } catch (error) {
    wrong[name] = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  process.env = before
}
process.stdout.write(JSON.stringify(wrong), () => process.exit(0))
