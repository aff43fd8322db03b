import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseEnvFile, readEnvFile } from '#src/doors/syntax.js'
import { InvalidArgumentError } from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { failureOf } from '../support/failure.js'

const env = { HOME: '/root', EMPTY: '' }

describe('an env file', () => {
  const rows: readonly (readonly [what: string, text: string, variables: readonly string[]])[] = [
    ['has a variable in each line', 'A=1\nB=2\n', ['A=1', 'B=2']],
    ['may have the line ends of Windows', 'A=1\r\nB=2\r\n', ['A=1', 'B=2']],
    ['may begin with a byte order mark', '\uFEFFA=1', ['A=1']],
    ['has blank lines and comments, indented too', '# no\n\n  \n \t# no=1\nA=1', ['A=1']],
    ['has no comments behind a value', 'A=1 # yes', ['A=1 # yes']],
    ['may be indented', '  A=1\n\tB=2', ['A=1', 'B=2']],
    ['has values that are kept as they are', `A="1"\nB= x \nC=a=b\nD='`, ['A="1"', 'B= x ', 'C=a=b', "D='"]],
    ['has empty values', 'A=\n', ['A=']],
    ['takes what is only named from the environment', 'HOME\nEMPTY\nNONE\n', ['HOME=/root', 'EMPTY=']],
    ['may be empty', '', []],
    ['keeps the order, with the last value last', 'A=1\nB=2\nA=3', ['A=1', 'B=2', 'A=3']],
    ['has names of any other characters', 'a.b-c=1\nexport=2', ['a.b-c=1', 'export=2']],
  ]
  for (const [what, text, variables] of rows) {
    it(what, () => assert.deepEqual(parseEnvFile(text, { env }), variables))
  }

  const bad: readonly (readonly [text: string, message: string])[] = [
    ['A=1\n\nC = 3', "invalid env file (text): line 3 has whitespace in the name 'C '"],
    ['export A=1', "invalid env file (text): line 1 has whitespace in the name 'export A'"],
    ['HOME ', 'invalid env file (text): line 1 has whitespace in the name'],
    ['# a\n=s3cret', 'invalid env file (text): line 2 has no name before its ='],
    ['-----BEGIN PRIVATE KEY-----', 'invalid env file (text): line 1 has whitespace in the name'],
  ]
  for (const [text, message] of bad) {
    it(`is refused with the number of the line: ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseEnvFile(text), { name: InvalidArgumentError.name, message })
    })
  }

  it('is refused when it is no text, and when its options are none', async () => {
    for (const text of [undefined, null, 5, {}])
      assert.throws(() => parseEnvFile(text as never), /InvalidArgumentError: text must be a string/)
    for (const path of [undefined, 5])
      assert.match(String(await failureOf(readEnvFile(path as never))), /path must be the path of a file/)
    assert.throws(() => parseEnvFile('A', null as never), /options must be an object, not null/)
    assert.throws(() => parseEnvFile('A', { env: null as never }), /env must be an object, not null/)
    assert.throws(() => parseEnvFile('A', { evn: {} } as object), /unknown option 'evn', did you mean 'env'/)
  })

  it("takes names from this process's environment unless told otherwise", () => {
    process.env.DOCKLINE_ENV_FILE = 'here'
    try {
      assert.deepEqual(parseEnvFile('DOCKLINE_ENV_FILE'), ['DOCKLINE_ENV_FILE=here'])
    } finally {
      delete process.env.DOCKLINE_ENV_FILE
    }
  })

  it('is read from the disk, and its errors name it', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, '.env')
    await writeFile(file, '\uFEFF# of the app\nÄ=ö\nHOME\n')
    assert.deepEqual(await readEnvFile(file, { env }), ['Ä=ö', 'HOME=/root'])
    await writeFile(file, 'A=1\nB C=2\n')
    assert.match(String(await failureOf(readEnvFile(file))), /\(.*\.env\): line 2 has whitespace/)
    await writeFile(file, Buffer.from('A=1\nB=\xff\n', 'latin1'))
    assert.match(String(await failureOf(readEnvFile(file))), /\.env\): line 2 is not valid UTF-8/)
    for (const [path, words] of [
      [join(folder, 'none'), /none: no such file or directory/],
      [folder, /: it is a directory/],
    ] as const) {
      const error = await failureOf(readEnvFile(path))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, words)
    }
  })
})
