import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { type ClientOptions, DockerClient, InvalidArgumentError } from '#src/index.js'
import { temporaryFolder, writeFiles } from '../support/archives.js'

/** As an untyped program makes it. */
const make = (options: unknown) => new DockerClient(options as ClientOptions)

describe('a client refuses, when it is made,', () => {
  const rows: readonly (readonly [options: unknown, message: string | RegExp])[] = [
    [null, 'options must be an object, not null'],
    [5, 'options must be an object, not a number'],
    ['unix:///run/docker.sock', 'options must be an object, not a string'],
    [[], 'options must be an object, not an empty array'],
    [new Map([['host', 'tcp://box']]), 'options must be an object, not a Map'],
    [{ hots: 'a' }, "unknown option 'hots', did you mean 'host'?"],
    [{ host: 5 }, 'host must be a string, not 5'],
    [{ host: null }, 'host must be a string, not null'],
    [{ host: new URL('tcp://box') }, 'host must be a string, not a URL'],
    [{ context: 5 }, 'context must be a string, not 5'],
    [{ apiVersion: 1.41 }, "apiVersion must be a version such as '1.41', not 1.41"],
    [{ apiVersion: 'latest' }, "apiVersion must be a version such as '1.41', not 'latest'"],
    [
      { env: { DOCKER_API_VERSION: 'latest' } },
      "DOCKER_API_VERSION must be a version such as '1.41', not 'latest'",
    ],
    [{ timeout: -1 }, "timeout must be 0 or more milliseconds or a string such as '10s', not -1"],
    [{ timeout: 'x' }, /^timeout must be 0 or more milliseconds or a string such as '10s', not '?x'?$/],
    [{ timeout: null }, "timeout must be 0 or more milliseconds or a string such as '10s', not null"],
    [{ headers: 5 }, 'headers must be an object, not a number'],
    [{ headers: new Map([['a', 'b']]) }, 'headers must be an object, not a Map'],
    [{ headers: { 'a b': 'c' } }, "headers: 'a…' is no name of a header"],
    [{ headers: { a: 5 } }, "headers: 'a' must be a string, not a number"],
    [{ headers: { a: 'b\r\nc: d' } }, "headers: 'a' has a character that no header may have"],
    [{ autodetect: 'x' }, "autodetect must be true or false, not 'x'"],
    [{ ssh: null }, 'ssh must be an object, not null'],
    [{ ssh: 'ssh' }, 'ssh must be an object, not a string'],
    [{ tls: [] }, 'tls must be true, false or an object, not an empty array'],
    [{ credentialEnv: null }, 'credentialEnv must be an object, not null'],
    [{ env: null }, 'env must be an object, not null'],
    [{ env: 5 }, 'env must be an object, not a number'],
  ]
  for (const [options, message] of rows) {
    it(inspect(options), () => {
      assert.throws(
        () => make(options),
        (error) => {
          assert.ok(error instanceof InvalidArgumentError, String(error))
          if (typeof message === 'string') assert.equal(error.message, message)
          else assert.match(error.message, message)
          return true
        },
      )
    })
  }

  it('headers of the environment that could not be sent', () => {
    const where = { host: 'tcp://box', env: { DOCKER_CUSTOM_HEADERS: 'X-A=1,X B=2' } }
    assert.throws(() => make(where), { message: "DOCKER_CUSTOM_HEADERS: 'X…' is no name of a header" })
  })

  it('headers of config.json that could not be sent', async () => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { 'config.json': '{"HttpHeaders":{"X-A":"1\\n"}}' })
    assert.throws(() => make({ host: 'tcp://box', env: { DOCKER_CONFIG: folder } }), {
      message: "HttpHeaders in config.json: 'X-A' has a character that no header may have",
    })
  })
})

describe('a client is made', () => {
  it('with what is undefined as if it were not given', () => {
    const names = ['host', 'context', 'tls', 'proxy', 'ssh', 'autodetect', 'apiVersion', 'timeout', 'headers']
    const options = Object.fromEntries(names.map((name) => [name, undefined]))
    assert.doesNotThrow(() => make({ ...options, env: {}, headers: { a: undefined } }))
  })

  it('of a context only when it is named', () => {
    for (const context of [undefined, null, '', 5])
      assert.throws(() => DockerClient.fromContext(context as never), /context must be the name of a context/)
    assert.throws(() => DockerClient.fromContext('a', null as never), /options must be an object, not null/)
  })
})
