import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClientOptions, DockerClient, InvalidArgumentError } from '#src/index.js'
import { wantsMultiplexing } from '#src/transport/ssh.js'
import { dialArguments, masterArguments, type SshAddress } from '#src/transport/ssh-address.js'

const BOX: SshAddress = { host: 'box', user: undefined, port: undefined, socket: undefined }
const QUIET = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=30']

describe('the arguments of ssh', () => {
  it('D30: leave user and port to its config file when the host does not say them', () => {
    const args = dialArguments(BOX, [])
    assert.deepEqual(args, [...QUIET, '-T', '--', 'box', 'docker system dial-stdio'])
  })

  it('have the user, the port and the socket of the host', () => {
    const args = dialArguments({ ...BOX, user: 'me', port: 2222, socket: '/run/d.sock' }, [])
    const remote = 'docker --host=unix:///run/d.sock system dial-stdio'
    assert.deepEqual(args, [...QUIET, '-l', 'me', '-p', '2222', '-T', '--', 'box', remote])
  })

  it('quote the socket for the shell over there', () => {
    const args = dialArguments({ ...BOX, socket: "/a b/$(id)/it's" }, [])
    assert.equal(args.at(-1), `docker '--host=unix:///a b/$(id)/it'\\''s' system dial-stdio`)
  })

  it('begin with those of the user, which win over ours', () => {
    const args = dialArguments(BOX, ['-o', 'BatchMode=no'], { controlPath: '/tmp/x/1', asks: false })
    assert.deepEqual(args.slice(0, 6), ['-o', 'BatchMode=no', '-S', '/tmp/x/1', '-o', 'ControlMaster=no'])
  })

  it('make the shared connection tell when it is there, and end with its process', () => {
    const args = masterArguments(BOX, [], { controlPath: '/tmp/x/1', asks: false })
    for (const word of ['-M', '-N', 'ControlPersist=no', 'LocalCommand=echo']) assert.ok(args.includes(word))
    assert.deepEqual(args.slice(-3), ['-T', '--', 'box'])
  })
})

describe('a connection that others share', () => {
  for (const [options, isShared] of [
    [['-v'], true],
    [['-m', 'hmac-sha2-256'], true],
    [['-s'], true],
    [['-S', '/tmp/mine'], false],
    [['-M'], false],
    [['-oControlMaster=no'], false],
    [['-o', 'controlpath=none'], false],
    [['-o', 'PermitLocalCommand=no'], false],
    [['-o', 'localcommand=date'], false],
  ] as const) {
    it(`is ${isShared ? '' : 'not '}made with ${options.join(' ')}`, () => {
      assert.equal(wantsMultiplexing({ options }), isShared)
    })
  }
})

describe('the ssh option', () => {
  for (const [ssh, words] of [
    [{ port: 22 }, /unknown option 'port' of ssh: there are program, options, multiplex/],
    [{ options: '-v' }, /ssh\.options must be an array of strings/],
    [{ options: [1] }, /ssh\.options must be an array of strings/],
    [{ program: '' }, /ssh\.program must be/],
    [{ multiplex: 'no' }, /ssh\.multiplex must be true or false, not no/],
  ] as const) {
    it(`is refused with the name of what is wrong: ${JSON.stringify(ssh)}`, () => {
      const options = { host: 'ssh://box', ssh } as unknown as ClientOptions
      assert.throws(
        () => new DockerClient(options),
        (error) => error instanceof InvalidArgumentError && words.test(error.message),
      )
    })
  }
})
