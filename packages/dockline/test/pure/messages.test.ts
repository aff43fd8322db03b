import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { parseEnvFile, parseMountString, parseReference, toTimestamp } from '#src/doors/syntax.js'
import { DockerClient, InvalidArgumentError } from '#src/index.js'
import { updateOptions } from '#src/models/containers/container-options.js'
import {
  createRequest,
  parseEnvironment,
  parseGpus,
  splitCommand,
  splitFields,
} from '#src/models/options/index.js'
import { parseAuth } from '#src/models/registry/registry-auth.js'
import { serviceSpec } from '#src/models/swarm/service-spec.js'
import { swarmSpec } from '#src/models/swarm/swarm-options.js'
import { kindOf, show } from '#src/support/check.js'

class Odd {
  readonly password = 'S3CRET'
}

describe('a value in a message', () => {
  for (const [value, shown, kind] of [
    ['a', "'a'", 'a string'],
    ['', "''", 'an empty string'],
    [5, '5', 'a number'],
    [Number.NaN, 'NaN', 'NaN'],
    [true, 'true', 'a boolean'],
    [undefined, 'undefined', 'undefined'],
    [null, 'null', 'null'],
    [{}, '{}', 'an object'],
    [{ user: 'me', 'pass-word': 'S3CRET' }, "{ user, 'pass-word' }", 'an object'],
    [{ user: 'me', S3CRET: 1 }, "{ user, '***' }", 'an object'],
    ['https://me:S3CRET@r.io/a b@c', "'https://***@r.io/a b@c'", 'a string'],
    [Object.assign(Object.create(null), { a: 1 }), '{ a }', 'an object'],
    [[], 'an empty array', 'an empty array'],
    [['S3CRET', 'b'], 'an array of 2', 'an array of 2'],
    [Buffer.from('S3CRET'), 'a Buffer', 'a Buffer'],
    [new Map([['a', 'S3CRET']]), 'a Map', 'a Map'],
    [new URL('tcp://me:S3CRET@box'), 'a URL', 'a URL'],
    [new AbortController(), 'an AbortController', 'an AbortController'],
    [new Odd(), 'an Odd', 'an Odd'],
    [() => 'S3CRET', 'a function', 'a function'],
  ] as const) {
    it(`${inspect(value)} is shown as ${shown}, and is ${kind}`, () => {
      assert.equal(show(value), shown)
      assert.equal(kindOf(value), kind)
    })
  }

  it('is cut when it is long', () => {
    assert.equal(show('x'.repeat(500)), `'${'x'.repeat(116)}...`)
    assert.equal(show(Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`name${i}`, 1]))).length, 120)
  })
})

const create = (options: object) => createRequest('alpine', undefined, options)
const service = (options: object) => serviceSpec({}, options)

/** Of some registry, as long as they are. */
const TOKEN = 'ghp_S3CRET16C7e42F292c6912E7710c838347A'

/** What people get wrong in the middle of which there is a password or a token. */
const WRONG: Readonly<Record<string, () => unknown>> = {
  'a variable that is an array': () => create({ environment: { TOKEN: ['S3CRET'] } }),
  'a variable that is an object': () => create({ environment: { TOKEN: { a: 'S3CRET' } } }),
  'variables that are one string': () => create({ environment: 'TOKEN=S3CRET' }),
  'variables that are pairs': () => create({ environment: [['TOKEN', 'S3CRET']] }),
  'variables that are a Map': () => create({ environment: new Map([['TOKEN', 'S3CRET']]) }),
  'a variable without a name': () => create({ environment: ['=S3CRET'] }),
  'a variable whose name has its value': () => create({ environment: { 'TOKEN=S3CRET': '' } }),
  'variables of an exec': () => parseEnvironment(['=S3CRET']),
  'variables of a service': () => service({ env: { TOKEN: ['S3CRET'] } }),
  'an env file that is none': () => parseEnvFile({ TOKEN: 'S3CRET' } as unknown as string),
  'an image that is a whole config': () => createRequest({ Env: ['S3CRET'] } as never, undefined),
  'a config that is JSON': () => create({ config: '{"Env":["TOKEN=S3CRET"]}' }),
  'a host name that is an object': () => create({ hostname: { a: 'S3CRET' } }),
  'options that are a string': () => create('S3CRET' as never),
  'a command with an open quote': () => splitCommand("mysql -pS3CRET -e 'select 1"),
  'a command that is an object': () => splitCommand({ Cmd: ['S3CRET'] }),
  'a health check without its kind': () => create({ healthcheck: { test: ['curl -u me:S3CRET box'] } }),
  'an option of a log driver': () => create({ logConfig: { config: { 'splunk-token': ['S3CRET'] } } }),
  'options of a log driver without names': () => create({ logConfig: { config: ['=S3CRET'] } }),
  'options of a log driver in one string': () => service({ logOpt: 'splunk-token=S3CRET' }),
  'an option of a volume driver': () =>
    create({ mounts: [{ target: '/d', driverConfig: { options: { o: ['password=S3CRET'] } } }] }),
  'a mount that is a string': () => create({ mounts: ['type=volume,dst=/d,volume-opt=o=password=S3CRET'] }),
  'a mount whose option has a comma': () =>
    parseMountString('dst=/d,volume-opt=o=username=me,password=S3CRET'),
  'a mount whose password has a comma': () => parseMountString('dst=/d,volume-opt=o=password=half,S3CRET'),
  'a mount with a stray quote': () => parseMountString('dst=/d,volume-opt=o=password=S3CRET,"x'),
  'a mount without a target value': () => parseMountString('volume-opt=o=password=S3CRET,dst'),
  'fields with a stray quote': () => splitFields('a=S3CRET,"x', 'network'),
  'a driver of GPUs with a stray quote': () => parseGpus('options=S3CRET,"x'),
  'a restart policy': () => updateOptions.read({ restart: { name: ['S3CRET'] } as never }),
  'a key of a CA': () => swarmSpec({}, { signingCaKey: ['S3CRET'] as never }),
  'a certificate of a CA': () => swarmSpec({}, { signingCaCert: Buffer.from('S3CRET') as never }),
  'options of a CA': () => swarmSpec({}, { externalCa: { url: 'a', options: 'key=S3CRET' as never } }),
  'tls that is a key': () => new DockerClient({ host: 'tcp://a', tls: '-----BEGIN S3CRET' as never }),
  'a key without the lines around it': () =>
    new DockerClient({ host: 'tcp://a', tls: { cert: 'a', key: `MIIE${'S3CRET/a'.repeat(20)}\nx` } }),
  'a header of two lines': () => new DockerClient({ headers: { 'x-token': 'S3CRET\n' } }),
  'a header that is an array': () => new DockerClient({ headers: { 'x-token': ['S3CRET'] as never } }),
  'a header whose name has its value': () => new DockerClient({ headers: { 'x-token: S3CRET': '' } }),
  'a header whose name is the value': () => new DockerClient({ headers: { [`x${TOKEN}`]: 5 as never } }),
  'a name of an option': () => create({ S3CRET: true }),
  'a name of an option that has more than letters': () => create({ 'hunter2-S3CRET': true }),
  'a name of an option that is a token': () => create({ [TOKEN]: true }),
  'a name of an option of a call': () => new DockerClient({ S3CRET: 1 } as never),
  'a name of an option of an option': () => create({ healthcheck: { [TOKEN]: 1 } }),
  'a name of an option of ssh': () => new DockerClient({ host: 'ssh://a', ssh: { [TOKEN]: 1 } as never }),
  'a name of credentials': () => parseAuth({ [TOKEN]: 1 }, 'auth'),
  'a name of a variable': () => create({ environment: { [TOKEN]: {} } }),
  'a name of a variable with its =': () => create({ environment: { [`${TOKEN}=`]: 'x' } }),
  'a name of a label': () => create({ labels: { [TOKEN]: {} } }),
  'a name in a place where none is expected': () => create({ hostname: { [TOKEN]: 1 } }),
  'an address for an image': () => parseReference('https://me:S3CRET@r.io/A'),
  'an address for a host name': () => create({ memory: 'https://S3CRET@box' }),
  'an address for a time': () => toTimestamp('since', 'https://me:S3CRET@box'),
  'a header of the environment': () =>
    new DockerClient({ env: { DOCKER_CUSTOM_HEADERS: 'x-token: S3CRET=' } }),
}

describe('an error shows no secret, which may be anywhere in', () => {
  for (const [what, call] of Object.entries(WRONG)) {
    it(what, () => {
      assert.throws(call, (error) => {
        assert.ok(error instanceof InvalidArgumentError, String(error))
        const { message, hint, cause } = error
        assert.doesNotMatch(inspect({ message, hint, cause }, { depth: 9 }), /S3CRET/)
        return true
      })
    })
  }
})
