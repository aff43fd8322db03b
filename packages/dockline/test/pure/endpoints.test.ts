import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolveConnection } from '#src/config/index.js'
import { DockerClient, InvalidArgumentError } from '#src/index.js'
import { DEFAULT_HOST, endpointOf } from '#src/transport/index.js'
import { NOWHERE } from '../support/nowhere.js'

const LONGEST = process.platform === 'linux' ? 107 : 103

describe('endpointOf', () => {
  for (const [host, address, hostHeader, basePath] of [
    ['unix:///var/run/docker.sock', 'unix:///var/run/docker.sock', 'localhost', ''],
    ['UNIX:///x', 'unix:///x', 'localhost', ''],
    ['unix:///with a space/ü', 'unix:///with a space/ü', 'localhost', ''],
    ['tcp://box:2375', 'tcp://box:2375', 'box:2375', ''],
    ['tcp://box', 'tcp://box:2375', 'box:2375', ''],
    ['tcp://box:80', 'tcp://box:80', 'box:80', ''],
    ['http://box:8080', 'tcp://box:8080', 'box:8080', ''],
    ['box:1234', 'tcp://box:1234', 'box:1234', ''],
    ['box', 'tcp://box:2375', 'box:2375', ''],
    [':2376', 'tcp://localhost:2376', 'localhost:2376', ''],
    ['tcp://:2376', 'tcp://localhost:2376', 'localhost:2376', ''],
    ['192.168.0.7:2375', 'tcp://192.168.0.7:2375', '192.168.0.7:2375', ''],
    ['tcp://[::1]:2375', 'tcp://[::1]:2375', '[::1]:2375', ''],
    ['[fe80::1]', 'tcp://[fe80::1]:2375', '[fe80::1]:2375', ''],
    ['localhost:2375', 'tcp://localhost:2375', 'localhost:2375', ''],
    ['TCP://Box:2375', 'tcp://Box:2375', 'Box:2375', ''],
    ['[::1]:2375', 'tcp://[::1]:2375', '[::1]:2375', ''],
    ['tcp://[::]', 'tcp://[::]:2375', '[::]:2375', ''],
    ['tcp://[2001:db8::1]:80/base/', 'tcp://[2001:db8::1]:80/base', '[2001:db8::1]:80', '/base'],
    ['https://box', 'tcp://box:2376', 'box:2376', ''],
    ['https://box:443/engine', 'tcp://box:443/engine', 'box:443', '/engine'],
    ['https://[::1]', 'tcp://[::1]:2376', '[::1]:2376', ''],
    ['unix://run/docker.sock', 'unix://run/docker.sock', 'localhost', ''],
    ['unix://./x.sock', 'unix://./x.sock', 'localhost', ''],
    ['unix://', 'unix:///var/run/docker.sock', 'localhost', ''],
    ['', DEFAULT_HOST, 'localhost', ''],
    [' ', DEFAULT_HOST, 'localhost', ''],
    ['tcp://', 'tcp://localhost:2375', 'localhost:2375', ''],
    [' tcp://box', 'tcp://box:2375', 'box:2375', ''],
    ['tcp://box \n', 'tcp://box:2375', 'box:2375', ''],
    ['\tunix:///var/run/docker.sock\n', 'unix:///var/run/docker.sock', 'localhost', ''],
    ['ssh://me%40corp@box', 'ssh://me%40corp@box', 'localhost', ''],
    ['ssh://me+you@bo_x', 'ssh://me+you@bo_x', 'localhost', ''],
    ['ssh://box', 'ssh://box', 'localhost', ''],
    ['ssh://me@box:2222', 'ssh://me@box:2222', 'localhost', ''],
    ['ssh://me@box/run/docker.sock', 'ssh://me@box/run/docker.sock', 'localhost', ''],
    ['ssh://[::1]:22', 'ssh://[::1]:22', 'localhost', ''],
    ['tcp:2375', 'tcp://tcp:2375', 'tcp:2375', ''],
    ['box/base', 'tcp://box:2375/base', 'box:2375', '/base'],
    ['tcp://box:2375/', 'tcp://box:2375', 'box:2375', ''],
    ['tcp://box:2375/docker/engine/', 'tcp://box:2375/docker/engine', 'box:2375', '/docker/engine'],
    [`unix:///${'a'.repeat(LONGEST - 1)}`, `unix:///${'a'.repeat(LONGEST - 1)}`, 'localhost', ''],
  ] as const) {
    it(`takes ${host.slice(0, 50)}`, () => {
      const endpoint = endpointOf(host)
      assert.deepEqual(
        [endpoint.address, endpoint.hostHeader, endpoint.basePath],
        [address, hostHeader, basePath],
      )
    })
  }

  for (const [host, reason] of [
    [`unix:///${'a'.repeat(LONGEST)}`, /at most 10\d bytes, this one has 10\d/],
    [`unix:///${'ü'.repeat(60)}`, /at most 10\d bytes, this one has 121/],
    ['/var/run/docker.sock', /unix:\/\/ in front, as in unix:\/\/\/var\/run\/docker\.sock$/],
    ['./x.sock', /unix:\/\/ in front, as in unix:\/\/\/path\/to\/x\.sock$/],
    ['../run/x.sock', /unix:\/\/ in front/],
    ['~/x.sock', /unix:\/\/ in front/],
    ['x.sock', /unix:\/\/ in front/],
    ['.', /unix:\/\/ in front/],
    ['tcp://./x.sock', /unix:\/\/ in front/],
    ['://box', /the scheme is missing/],
    ['tcp://box:port', /not host:port/],
    ['tcp://box:99999', /not host:port/],
    ['tcp://box:0', /port 0/],
    ['tcp://a b', /not host:port/],
    ['tcp://::1', /not host:port/],
    ['tcp://box?x=1', /query/],
    ['tcp://box#x', /fragment/],
    ['fd://3', /'fd' is not one of unix, npipe, tcp, ssh, http, https/],
    ['fd://', /nothing follows/],
    ['ftp://box', /'ftp' is not one of/],
    ['udp://127.0.0.1', /'udp' is not one of/],
    ['http+unix:///x', /'http\+unix' is not one of/],
    ['https://', /nothing follows/],
    ['https://me@box', /user or password/],
    ['ssh://', /nothing follows/],
    ['ssh:///run/docker.sock', /the host is missing/],
    ['ssh://me:secret@box', /a password has no place/],
    ['ssh://box?x=1', /query/],
    ['ssh://box#x', /fragment/],
    ['ssh://box:port', /not ssh:/],
    ['ssh://-oProxyCommand=x', /no name for ssh/],
    ['ssh://-l@box', /no name for ssh/],
    ...[...'\'"`$;&|(){*!~'].flatMap((mark) => [
      [`ssh://me@bo${mark}x`, /no name for ssh|not ssh:/] as const,
      [`ssh://m${encodeURIComponent(mark)}e@box`, /no name for ssh/] as const,
    ]),
    ['ssh://domain%5Cme@box', /no name for ssh/],
    ['ssh://$(touch%20x)@box', /no name for ssh/],
    ['ssh://me@$(touch)', /no name for ssh|not ssh:/],
    ['tcp:/box', /tcp is followed by :/],
    ['tcp:box', /tcp is followed by :/],
    ['unix:/var/run/docker.sock', /unix is followed by :/],
    ['tcp://box\r\nx', /a control character/],
    ['unix:///a\0b', /a control character/],
    ['tcp://box:-1', /not host:port/],
    ['tcp://127.0.0.1:65536', /not host:port/],
    ['::1', /not host:port/],
    ['tcp://[::1', /not host:port/],
    ['tcp://[not::ip]', /not host:port/],
    ['npipe:////./pipe/docker_engine', process.platform === 'win32' ? /./ : /Windows only/],
  ] as const) {
    it(`refuses ${JSON.stringify(host.slice(0, 50))} with a reason`, { skip: reason.source === '.' }, () => {
      assert.throws(
        () => endpointOf(host),
        (error) => error instanceof InvalidArgumentError && reason.test(error.message),
      )
    })
  }

  for (const host of [
    'tcp://me:s3cret@box:2375',
    'ssh://me:s3cret@box',
    'me:s3cret@box:99999',
    'tcp://me:s3cret/with@at@box',
    'ftp://me:s3cret@box/a@b',
  ]) {
    it(`shows no password when it refuses ${host}`, () => {
      assert.throws(
        () => endpointOf(host),
        (error) => error instanceof InvalidArgumentError && !error.message.includes('s3cret'),
      )
      assert.throws(
        () => resolveConnection({}, { host, context: 'other' }),
        (error) => error instanceof InvalidArgumentError && !error.message.includes('s3cret'),
      )
    })
  }
})

describe('DockerClient', () => {
  it('knows where it connects and connects to nothing when it is made', () => {
    assert.equal(new DockerClient({ host: 'tcp://127.0.0.1:1', env: {} }).address, 'tcp://127.0.0.1:1')
  })

  it('connects nowhere unencrypted when TLS is asked for and cannot be had', () => {
    const env = { DOCKER_HOST: 'tcp://box:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: NOWHERE }
    assert.throws(() => new DockerClient({ env }), /DOCKER_TLS_VERIFY is set/)
  })
})
