import { checkText } from '../support/check.js'
import { StatusResponse } from './protobuf/control.js'
import { decode } from './protobuf/message.js'
import { readStatus, type SolveStatus } from './status.js'

/**
 * Decodes the `aux` of a message 'moby.buildkit.trace', which `POST /build` streams when it builds with BuildKit. Throws an
 * Error when the text is no such message.
 */
export function decodeBuildTrace(aux: string): SolveStatus {
  checkText(aux, 'aux')
  return readStatus(decode(StatusResponse, Buffer.from(aux, 'base64')))
}
