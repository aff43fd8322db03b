// @ts-check
// Loads the package and calls an Engine that is not there: shows on any runtime and system that it works as far as the socket.
import { DockerClient, DockerError } from 'dockline'

const client = new DockerClient({ host: 'tcp://127.0.0.1:9' })
const error = await client.ping().catch((reason) => reason)
if (!(error instanceof DockerError) || error.code !== 'ERR_DOCKER_CONNECTION') throw error
console.log(error.message)
