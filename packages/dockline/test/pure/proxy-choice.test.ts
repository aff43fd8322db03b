import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClientOptions, DockerClient, InvalidArgumentError } from '#src/index.js'

interface Row {
  readonly env?: Readonly<Record<string, string>>
  readonly options?: ClientOptions
  /** As 'address from reason'; undefined for none. */
  readonly proxy: string | undefined
}

const BOTH = { HTTP_PROXY: 'http://plain:1', HTTPS_PROXY: 'http://safe:2' }

/** The Engine is tcp://box:2375 where a row says nothing else. */
const CHOICES: Readonly<Record<string, Row>> = {
  'none where nothing names one': { proxy: undefined },
  'HTTP_PROXY for an Engine in the clear': { env: BOTH, proxy: 'http://plain:1 from HTTP_PROXY' },
  'HTTP_PROXY for http://': {
    env: BOTH,
    options: { host: 'http://box' },
    proxy: 'http://plain:1 from HTTP_PROXY',
  },
  'HTTPS_PROXY for an Engine with TLS': {
    env: BOTH,
    options: { tls: true },
    proxy: 'http://safe:2 from HTTPS_PROXY',
  },
  'HTTPS_PROXY for https://': {
    env: BOTH,
    options: { host: 'https://box' },
    proxy: 'http://safe:2 from HTTPS_PROXY',
  },
  'none for TLS where there is only HTTP_PROXY': {
    env: { HTTP_PROXY: 'http://plain:1' },
    options: { tls: true },
    proxy: undefined,
  },
  'none in the clear where there is only HTTPS_PROXY': {
    env: { HTTPS_PROXY: 'http://safe:2' },
    proxy: undefined,
  },
  'none by ALL_PROXY, which the docker command does not know': {
    env: { ALL_PROXY: 'http://all:1' },
    proxy: undefined,
  },
  'http_proxy as well': { env: { http_proxy: 'http://low:1' }, proxy: 'http://low:1 from http_proxy' },
  'https_proxy as well': {
    env: { https_proxy: 'http://low:1' },
    options: { tls: true },
    proxy: 'http://low:1 from https_proxy',
  },
  'the upper-case name before the lower-case one': {
    env: { http_proxy: 'http://low:1', HTTP_PROXY: 'http://high:1' },
    proxy: 'http://high:1 from HTTP_PROXY',
  },
  'the lower-case name before an upper-case one that is empty': {
    env: { http_proxy: 'http://low:1', HTTP_PROXY: '' },
    proxy: 'http://low:1 from http_proxy',
  },
  'none by HTTP_PROXY in a script of a web server, where a caller may have set it': {
    env: { ...BOTH, REQUEST_METHOD: 'GET' },
    proxy: undefined,
  },
  'HTTPS_PROXY in a script of a web server, where no caller can set it': {
    env: { ...BOTH, REQUEST_METHOD: 'GET' },
    options: { tls: true },
    proxy: 'http://safe:2 from HTTPS_PROXY',
  },
  'none for a Unix socket': { env: BOTH, options: { host: 'unix:///s' }, proxy: undefined },
  'none for ssh': { env: BOTH, options: { host: 'ssh://box' }, proxy: undefined },
  'one for DOCKER_HOST as well': {
    env: { ...BOTH, DOCKER_HOST: 'tcp://env:1' },
    options: { host: undefined },
    proxy: 'http://plain:1 from HTTP_PROXY',
  },
  'the option before the environment': {
    env: BOTH,
    options: { proxy: 'http://mine:3' },
    proxy: 'http://mine:3 from the proxy option',
  },
  'the option for TLS as well': {
    options: { proxy: 'http://mine:3', tls: true },
    proxy: 'http://mine:3 from the proxy option',
  },
  'the option for this machine and for what NO_PROXY has': {
    env: { NO_PROXY: '*' },
    options: { proxy: 'http://mine:3', host: 'tcp://127.0.0.1:1' },
    proxy: 'http://mine:3 from the proxy option',
  },
  'none for a Unix socket, by the option either': {
    options: { proxy: 'http://mine:3', host: 'unix:///s' },
    proxy: undefined,
  },
  'none where the option says so': { env: BOTH, options: { proxy: false }, proxy: undefined },
  'none of those that cannot be read where none is needed': {
    env: { HTTP_PROXY: 'socks5://x', NO_PROXY: 'box' },
    proxy: undefined,
  },
  'port 80 where an http:// proxy has none': {
    env: { HTTP_PROXY: 'http://box' },
    proxy: 'http://box:80 from HTTP_PROXY',
  },
  'port 443 where an https:// proxy has none': {
    env: { HTTP_PROXY: 'HTTPS://box/' },
    proxy: 'https://box:443 from HTTP_PROXY',
  },
  'host:port': {
    env: { HTTP_PROXY: 'gate.example:3128' },
    proxy: 'http://gate.example:3128 from HTTP_PROXY',
  },
  'an IPv6 address': { env: { HTTP_PROXY: '[fd00::1]:8' }, proxy: 'http://[fd00::1]:8 from HTTP_PROXY' },
  'user:password@host:port, without a word of them': {
    env: { HTTP_PROXY: 'me:secret@gate:3128' },
    proxy: 'http://gate:3128 from HTTP_PROXY',
  },
}

describe('the proxy to an Engine on TCP is', () => {
  for (const [what, { env, options, proxy }] of Object.entries(CHOICES)) {
    it(what, () => assert.equal(proxyOf({ host: 'tcp://box:2375', ...options, env: { ...env } }), proxy))
  }
})

/** What NO_PROXY says, and the hosts that are and are not reached without a proxy by it. */
const EXCEPTIONS: Readonly<Record<string, { direct: readonly string[]; proxied: readonly string[] }>> = {
  '': {
    direct: [
      'localhost',
      'LocalHost',
      '127.0.0.1',
      '127.8.9.10',
      '[::1]',
      '[0:0::0:1]',
      '[::ffff:127.0.0.1]',
    ],
    proxied: ['box', 'localhost.example', 'my-localhost', '128.0.0.1', '127.0.0.1.example', '[::2]', '127.1'],
  },
  '*': { direct: ['box', '10.0.0.1', '[fd00::1]'], proxied: [] },
  'a.test, * ': { direct: ['box'], proxied: [] },
  'example.com': {
    direct: ['example.com', 'EXAMPLE.com', 'a.example.com', 'a.b.example.com'],
    proxied: ['notexample.com', 'example.com.test', 'com'],
  },
  'Example.COM': { direct: ['example.com', 'a.example.com'], proxied: ['example.org'] },
  '.example.com': {
    direct: ['a.example.com', 'a.b.example.com'],
    proxied: ['example.com', 'notexample.com'],
  },
  '*.example.com': { direct: ['a.example.com'], proxied: ['example.com', 'notexample.com'] },
  'ex*.com': { direct: [], proxied: ['example.com'] },
  'box:2375': { direct: ['box', 'a.box', 'box:2375'], proxied: ['box:2376'] },
  '.box:2375': { direct: ['a.box'], proxied: ['box', 'a.box:1'] },
  'box:': { direct: ['box', 'box:1'], proxied: [] },
  ':2375': { direct: [], proxied: ['box', '10.0.0.1'] },
  ' , ,,a.test,\tbox ': { direct: ['box', 'a.test'], proxied: ['test', 'tab'] },
  'a.test box': { direct: [], proxied: ['a.test', 'box'] },
  '10.1.2.3': { direct: ['10.1.2.3', '[::ffff:10.1.2.3]'], proxied: ['10.1.2.4', '110.1.2.3', 'x.10.1.2.3'] },
  '10.1.2.3:2375': { direct: ['10.1.2.3'], proxied: ['10.1.2.3:1'] },
  '10.0.0.0/8': { direct: ['10.255.1.2', '[::ffff:10.1.2.3]'], proxied: ['11.0.0.1', '[fd00::1]', 'ten'] },
  '10.1.2.3/8': { direct: ['10.9.9.9'], proxied: ['11.1.2.3'] },
  '192.168.4.0/22': { direct: ['192.168.4.0', '192.168.7.255'], proxied: ['192.168.8.0', '192.168.3.255'] },
  '0.0.0.0/0': { direct: ['1.2.3.4'], proxied: ['[fd00::1]', 'box'] },
  '::/0': { direct: ['[fd00::1]'], proxied: ['1.2.3.4', 'box'] },
  '10.0.0.0/33': { direct: [], proxied: ['10.0.0.0', '10.0.0.1'] },
  '10.0.0.0/8:2375': { direct: [], proxied: ['10.0.0.1'] },
  'box/8': { direct: [], proxied: ['box'] },
  'fd00::1': { direct: ['[fd00::1]', '[fd00:0::0:1]'], proxied: ['[fd00::2]'] },
  '[fd00::1]': { direct: ['[fd00::1]', '[fd00::1]:9'], proxied: ['[fd00::2]'] },
  '[fd00::1]:2375': { direct: ['[fd00::1]'], proxied: ['[fd00::1]:9'] },
  'fd00::/16': { direct: ['[fd00:1::9]'], proxied: ['[fd01::1]', '10.0.0.1'] },
  'fe80::1%eth0': { direct: [], proxied: ['[fe80::1]'] },
}

describe('NO_PROXY', () => {
  for (const [noProxy, { direct, proxied }] of Object.entries(EXCEPTIONS)) {
    it(`'${noProxy}' goes for ${direct.join(', ') || 'nobody'} and not for ${proxied.join(', ') || 'nobody'}`, () => {
      const env = { HTTP_PROXY: 'http://gate:1', NO_PROXY: noProxy }
      const isDirect = (host: string) => proxyOf({ host: `tcp://${host}`, env }) === undefined
      assert.deepEqual([...direct, ...proxied].filter(isDirect), direct)
    })
  }

  it('goes before no_proxy, which goes as well', () => {
    const of = (env: Readonly<Record<string, string>>) =>
      proxyOf({ host: 'tcp://box', env: { HTTP_PROXY: 'http://gate:1', ...env } })
    assert.equal(of({ no_proxy: 'box' }), undefined)
    assert.equal(of({ NO_PROXY: '', no_proxy: 'box' }), undefined)
    assert.equal(of({ NO_PROXY: 'other', no_proxy: 'box' }), 'http://gate:1 from HTTP_PROXY')
  })

  it('has the ports that Engines have when nothing says which', () => {
    const env = { HTTPS_PROXY: 'http://gate:1', NO_PROXY: 'box:2376' }
    assert.equal(proxyOf({ host: 'https://box', env }), undefined)
    assert.equal(proxyOf({ host: 'tcp://box', tls: true, env }), 'http://gate:1 from HTTPS_PROXY')
  })
})

describe('what names no proxy is refused by the name of its variable, and never shown:', () => {
  const UNREADABLE: Readonly<Record<string, RegExp>> = {
    'socks5://me:secret@gate:1080': /its scheme is 'socks5', which is not one of http, https/,
    'socks5h://gate:1080': /its scheme is 'socks5h'/,
    'http://': /it is not host:port/,
    'http://me:secret@': /it is not host:port/,
    'http://gate:port': /it is not host:port/,
    'http://gate:99999': /it is not host:port/,
    'me:secret': /it is not host:port/,
    'http://me:secret/1@gate:3128': /it is not host:port/,
    // Each would be a port of a host `me`, and the rest of the password something that follows.
    'http://me:12/secret@gate:3128': /something follows host and port/,
    'http://me:12?secret@gate:3128': /something follows host and port/,
    'http://me:12#secret@gate:3128': /something follows host and port/,
    'http://gate:3128/secret': /something follows host and port/,
    'http://me:secret%@gate:3128': /its user or password is not encoded as a URL is/,
    'http://me:secret%ff@gate:3128': /its user or password is not encoded as a URL is/,
    'http://gate :3128': /it is not host:port/,
    'http://gate:3128\r\nX: secret': /names no proxy that can be used/,
  }
  for (const [text, says] of Object.entries(UNREADABLE)) {
    it(JSON.stringify(text), () => {
      for (const [options, name] of [
        [{ env: { HTTP_PROXY: text } }, 'HTTP_PROXY'],
        [{ env: { https_proxy: text }, tls: true }, 'https_proxy'],
        [{ env: {}, proxy: text }, 'the proxy option'],
      ] as const) {
        assert.throws(
          () => new DockerClient({ host: 'tcp://box', ...options }),
          (error) => {
            assert.ok(error instanceof InvalidArgumentError)
            assert.ok(error.message.startsWith(`${name} names no proxy`), error.message)
            assert.match(error.message, says)
            assert.doesNotMatch(`${error.stack} ${error.cause}`, /secret/)
            return true
          },
        )
      }
    })
  }

  for (const proxy of ['', true, 0, null, {}]) {
    it(`the option as ${JSON.stringify(proxy)}`, () => {
      const given = { host: 'unix:///s', env: {}, proxy: proxy as unknown as string }
      assert.throws(
        () => new DockerClient(given),
        /^InvalidArgumentError: proxy must be false or the address of a proxy such as/,
      )
    })
  }

  it('the option, though a Unix socket has no use for it', () => {
    const given = { host: 'unix:///s', env: {}, proxy: 'socks5://gate' }
    assert.throws(() => new DockerClient(given), InvalidArgumentError)
  })
})

function proxyOf(options: ClientOptions): string | undefined {
  const { proxy } = new DockerClient(options).describe()
  return proxy && `${proxy.address} from ${proxy.reason}`
}
