import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A path where nothing is, whatever this machine has: nobody has made it, and nobody else comes upon the name. */
export const NOWHERE = join(tmpdir(), `dockline-nowhere-${randomBytes(6).toString('hex')}`)

/** The address of an Engine that is not there. */
export const NO_ENGINE = `unix://${NOWHERE}/engine.sock`
