// A build whose step says when it runs, and then sleeps: the test kills this program meanwhile.
import { DockerClient } from 'dockline'

const [host = '', marker = ''] = process.argv.slice(2)
const client = new DockerClient({ host })
const building = client.images.build({
  dockerfileContent: `FROM busybox\nRUN echo begun; sleep ${marker}\n`,
  noCache: true,
  outputs: { type: 'none' },
  builder: 'buildkit',
})
for await (const { logs } of building.progress()) for (const { text } of logs) process.stdout.write(text)
