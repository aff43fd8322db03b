// Runs in the network namespace of an Engine and gives what comes to a Unix socket to a port there. The bytes are
// those of the two ends, each direction ended by itself.
import { connect, createServer } from 'node:net'

const [socket, port] = process.argv.slice(2)

createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true })
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.pipe(other)
    one.on('error', () => other.destroy()).on('close', () => other.destroy())
  }
}).listen(socket, () => process.stdout.write('ready\n'))
