import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { ProtocolError } from '../../errors.js'

/** As much of the codec's writer as fields need. So the types of this package stand by themselves. */
export interface FieldWriter {
  tag(number: number, wireType: number): this
  string(value: string): this
  bytes(value: Uint8Array): this
  bool(value: boolean): this
  uint32(value: number): this
  int64(value: number): this
  fork(): this
  join(): this
}

/** As much of its reader. */
export interface FieldReader {
  string(): string
  bytes(): Uint8Array
  bool(): boolean
  uint32(): number
  int64(): bigint | string
}

/** One field of a message: its number, and how its value is written and read. */
export interface Field<T> {
  /** The value of a field that was not sent. */
  readonly absent: () => T
  write(writer: FieldWriter, value: T): void
  /** Reads one occurrence; `before` is what earlier ones gave. */
  read(reader: FieldReader, before: T): T
  readonly number: number
}

type Fields = Readonly<Record<string, Field<unknown>>>

/** The fields of a message by name. It is the `.proto` file, and the types come from it. */
export interface Message<F extends Fields> {
  readonly fields: F
  readonly byNumber: ReadonlyMap<number, readonly [name: string, field: Field<unknown>]>
}

type ValueOf<F> = F extends Field<infer T> ? T : never

/** A message with all its fields, as it was read. */
export type Decoded<M> = M extends Message<infer F> ? { readonly [Name in keyof F]: ValueOf<F[Name]> } : never

export function message<const F extends Fields>(fields: F): Message<F> {
  const entries = Object.entries(fields)
  return { fields, byNumber: new Map(entries.map(([name, field]) => [field.number, [name, field]])) }
}

export function encode<F extends Fields>(
  { fields }: Message<F>,
  value: Partial<Decoded<Message<F>>>,
): Uint8Array {
  const writer = new BinaryWriter()
  writeFields(writer, fields, value as Readonly<Record<string, unknown>>)
  return writer.finish()
}

/** Decodes a message. Throws ProtocolError for bytes that are not a message. Skips unknown fields. */
export function decode<F extends Fields>(type: Message<F>, bytes: Uint8Array): Decoded<Message<F>> {
  try {
    return readFields(type, new BinaryReader(bytes))
  } catch (cause) {
    throw new ProtocolError(`BuildKit sent a message that cannot be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function writeFields(writer: FieldWriter, fields: Fields, value: Readonly<Record<string, unknown>>): void {
  for (const [name, field] of Object.entries(fields)) {
    const content = value[name]
    if (content !== undefined) field.write(writer, content)
  }
}

function readFields<F extends Fields>({ byNumber }: Message<F>, reader: BinaryReader): Decoded<Message<F>> {
  const values: Record<string, unknown> = {}
  for (const [name, field] of byNumber.values()) values[name] = field.absent()
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    const [name, field] = byNumber.get(number) ?? []
    if (name === undefined || field === undefined) reader.skip(wireType, number)
    else values[name] = field.read(reader, values[name])
  }
  return values as Decoded<Message<F>>
}

export function string(number: number): Field<string> {
  return {
    number,
    absent: () => '',
    write: (writer, value) =>
      void (value === '' || writer.tag(number, WireType.LengthDelimited).string(value)),
    read: (reader) => reader.string(),
  }
}

const NO_BYTES = Buffer.alloc(0)

export function bytes(number: number): Field<Uint8Array> {
  return {
    number,
    absent: () => NO_BYTES,
    write: (writer, value) =>
      void (value.length === 0 || writer.tag(number, WireType.LengthDelimited).bytes(value)),
    read: (reader) => reader.bytes(),
  }
}

export function bool(number: number): Field<boolean> {
  return {
    number,
    absent: () => false,
    write: (writer, value) => void (value && writer.tag(number, WireType.Varint).bool(value)),
    read: (reader) => reader.bool(),
  }
}

/** Numbers of which there are many: they are read without a bigint. */
export function uint32(number: number): Field<number> {
  return {
    number,
    absent: () => 0,
    write: (writer, value) => void (value === 0 || writer.tag(number, WireType.Varint).uint32(value)),
    read: (reader) => reader.uint32(),
  }
}

/** Sizes and seconds, which are exact up to 2^53. Enumerations too. */
export function int64(number: number): Field<number> {
  return {
    number,
    absent: () => 0,
    write: (writer, value) => void (value === 0 || writer.tag(number, WireType.Varint).int64(value)),
    read: (reader) => Number(reader.int64()),
  }
}

export function nested<F extends Fields>(
  number: number,
  type: Message<F>,
): Field<Decoded<Message<F>> | undefined> {
  return {
    number,
    absent: () => undefined,
    write(writer, value) {
      if (value === undefined) return
      writer.tag(number, WireType.LengthDelimited).fork()
      writeFields(writer, type.fields, value as Readonly<Record<string, unknown>>)
      writer.join()
    },
    read: (reader) => readFields(type, new BinaryReader(reader.bytes())),
  }
}

/** Strings, bytes and messages in a list. Their like stand one by one, and those that are empty too. */
export function repeated<T>(field: Field<T>): Field<readonly Exclude<T, undefined>[]> {
  return {
    number: field.number,
    absent: () => [],
    write(writer, values) {
      for (const value of values) {
        if (isEmpty(value)) writer.tag(field.number, WireType.LengthDelimited).bytes(NO_BYTES)
        else field.write(writer, value)
      }
    },
    read(reader, before) {
      // A list of its own for each message: the first value makes it, and the others join it.
      const values = before as Exclude<T, undefined>[]
      values.push(field.read(reader, field.absent()) as Exclude<T, undefined>)
      return values
    },
  }
}

function isEmpty(value: unknown): boolean {
  return value === '' || (value instanceof Uint8Array && value.length === 0)
}

/** Values by name. The value is field 2 of each entry. */
export function mapOf<T>(number: number, value: Field<T>): Field<Readonly<Record<string, T>>> {
  const key = string(1)
  const read = (reader: BinaryReader): [string, T] => {
    let [name, content] = ['', value.absent()]
    while (reader.pos < reader.len) {
      const [at, wireType] = reader.tag()
      if (at === 1) name = reader.string()
      else if (at === value.number) content = value.read(reader, content)
      else reader.skip(wireType, at)
    }
    return [name, content]
  }
  return {
    number,
    absent: () => ({}),
    write(writer, values) {
      for (const [name, content] of Object.entries(values)) {
        writer.tag(number, WireType.LengthDelimited).fork()
        key.write(writer, name)
        value.write(writer, content)
        writer.join()
      }
    },
    read: (reader, before) => ({
      ...before,
      ...Object.fromEntries([read(new BinaryReader(reader.bytes()))]),
    }),
  }
}
