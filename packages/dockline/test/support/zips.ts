import { crc32, deflateRawSync } from 'node:zlib'

const UNIX = 3
const STORED = 0
const DEFLATED = 8

/** A file of a zip, and what the zip says of it: the truth, where nothing else is given. */
export interface ZipFile {
  readonly name: string
  readonly body?: string | Uint8Array
  readonly stored?: boolean
  readonly method?: number
  readonly mode?: number
  /** How large it claims to be. */
  readonly size?: number
  readonly checksum?: number
  /** What stands in the place of its packed bytes. */
  readonly packed?: Uint8Array
  /** Claims the bytes of the file before. */
  readonly again?: boolean
}

/** A zip with exactly these files, however wicked. */
export function zipOf(files: readonly ZipFile[]): Buffer {
  const local: Uint8Array[] = []
  const directory: Buffer[] = []
  let [start, end] = [0, 0]
  for (const file of files) {
    const { packed, facts } = packedOf(file)
    const name = Buffer.from(file.name)
    if (!file.again) {
      start = end
      local.push(numbers([0x04034b50, 4], ...facts), name, packed)
      end += 30 + name.length + packed.length
    }
    const mode = (file.mode ?? 0o100644) * 0x10000
    const madeBy = (UNIX << 8) | 20
    directory.push(
      numbers([0x02014b50, 4], [madeBy, 2], ...facts, [0, 2], [0, 2], [0, 2], [mode, 4], [start, 4]),
      name,
    )
  }
  const size = Buffer.concat(directory).length
  const count = files.length
  const last = numbers([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [size, 4], [end, 4], [0, 2])
  return Buffer.concat([...local, ...directory, last])
}

type Field = readonly [value: number, bytes: number]

function packedOf(file: ZipFile): { readonly packed: Uint8Array; readonly facts: readonly Field[] } {
  const body = Buffer.from(file.body ?? '')
  const packed = file.packed ?? (file.stored ? body : deflateRawSync(body))
  const facts: Field[] = [
    [20, 2],
    [0, 2],
    [file.method ?? (file.stored ? STORED : DEFLATED), 2],
    [0, 4],
    [file.checksum ?? crc32(body), 4],
    [packed.length, 4],
    [file.size ?? body.length, 4],
    [Buffer.byteLength(file.name), 2],
    [0, 2],
  ]
  return { packed, facts }
}

function numbers(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes)
      field.writeUIntLE(value, 0, bytes)
      return field
    }),
  )
}

/** What the zip command of Info-ZIP 3.0 has made of a meta.json and, but for the encrypted one, a tls/docker/ca.pem. */
export const INFO_ZIP = {
  /** With folders; through a pipe, where it tells sizes only after the bytes. */
  deflated: fromBase64(`
    UEsDBBQACAAIAAAAIVgAAAAAAAAAAHUAAAAJAAAAbWV0YS5qc29uFYyxCgIxEAX/5dUHBwoKWytYqM2J/ZLswXKaLMkW6pF/
    N9cNzDAr7vwWED4YcBPnyM6gFSepoai55tTtT80kog04p2hZk9ctijksUja65Oq982A0jky7/fHQh9Oi9rhOTyk6f0Ezv6q0
    1v5QSwcIquwYZWsAAAB1AAAAUEsDBAoAAAAAAAAAIVgAAAAAAAAAAAAAAAAEAAAAdGxzL1BLAwQKAAAAAAAAACFYAAAAAAAA
    AAAAAAAACwAAAHRscy9kb2NrZXIvUEsDBBQACAAIAAAAIVgAAAAAAAAAADkAAAARAAAAdGxzL2RvY2tlci9jYS5wZW3T1QUC
    J1d3Tz8FZ9egEE83T2fHEFeQoC5XciIXmOHq54IpCQBQSwcI0miwUyQAAAA5AAAAUEsBAh4DFAAIAAgAAAAhWKrsGGVrAAAA
    dQAAAAkAAAAAAAAAAQAAAKSBAAAAAG1ldGEuanNvblBLAQIeAwoAAAAAAAAAIVgAAAAAAAAAAAAAAAAEAAAAAAAAAAAAEADt
    QaIAAAB0bHMvUEsBAh4DCgAAAAAAAAAhWAAAAAAAAAAAAAAAAAsAAAAAAAAAAAAQAO1BxAAAAHRscy9kb2NrZXIvUEsBAh4D
    FAAIAAgAAAAhWNJosFMkAAAAOQAAABEAAAAAAAAAAQAAAKSB7QAAAHRscy9kb2NrZXIvY2EucGVtUEsFBgAAAAAEAAQA4QAA
    AFABAAAAAA==`),
  stored: fromBase64(`
    UEsDBAoAAAAAAAAAIViq7BhldQAAAHUAAAAJAAAAbWV0YS5qc29ueyJOYW1lIjoieCIsIk1ldGFkYXRhIjp7IkRlc2NyaXB0
    aW9uIjoiemlwcGVkIn0sIkVuZHBvaW50cyI6eyJkb2NrZXIiOnsiSG9zdCI6InRjcDovL2E6MjM3NiIsIlNraXBUTFNWZXJp
    ZnkiOmZhbHNlfX19UEsDBAoAAAAAAAAAIVgAAAAAAAAAAAAAAAAEAAAAdGxzL1BLAwQKAAAAAAAAACFYAAAAAAAAAAAAAAAA
    CwAAAHRscy9kb2NrZXIvUEsDBAoAAAAAAAAAIVjSaLBTOQAAADkAAAARAAAAdGxzL2RvY2tlci9jYS5wZW0tLS0tLUJFR0lO
    IENFUlRJRklDQVRFLS0tLS0KY2EKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQpQSwECHgMKAAAAAAAAACFYquwYZXUAAAB1
    AAAACQAAAAAAAAAAAAAApIEAAAAAbWV0YS5qc29uUEsBAh4DCgAAAAAAAAAhWAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAQAO1B
    nAAAAHRscy9QSwECHgMKAAAAAAAAACFYAAAAAAAAAAAAAAAACwAAAAAAAAAAABAA7UG+AAAAdGxzL2RvY2tlci9QSwECHgMK
    AAAAAAAAACFY0miwUzkAAAA5AAAAEQAAAAAAAAAAAAAApIHnAAAAdGxzL2RvY2tlci9jYS5wZW1QSwUGAAAAAAQABADhAAAA
    TwEAAAAA`),
  encrypted: fromBase64(`
    UEsDBBQACQAIAAAAIViq7BhldwAAAHUAAAAJAAAAbWV0YS5qc29uxDETXLSuLAdpPQLzufbRViv/4bB7kQfMHHZkCJqzyvMH
    BUlJ/V+AZQRWSQcm/GN1KNMLqFxcKdYV+FKukRzocqd0jpb/uERysfYumszKiOpKSZ7p3O1fhetkW0n1rYCGKKsizJJX47QA
    BakYAwJKNwue8RV+FRJQSwcIquwYZXcAAAB1AAAAUEsBAh4DFAAJAAgAAAAhWKrsGGV3AAAAdQAAAAkAAAAAAAAAAQAAAKSB
    AAAAAG1ldGEuanNvblBLBQYAAAAAAQABADcAAACuAAAAAAA=`),
  /** Its ca.pem leads to /etc/passwd. */
  linked: fromBase64(`
    UEsDBBQAAAAIAAAAIViq7BhlawAAAHUAAAAJAAAAbWV0YS5qc29uFYyxCgIxEAX/5dUHBwoKWytYqM2J/ZLswXKaLMkW6pF/
    N9cNzDAr7vwWED4YcBPnyM6gFSepoai55tTtT80kog04p2hZk9ctijksUja65Oq982A0jky7/fHQh9Oi9rhOTyk6f0Ezv6q0
    1v5QSwMECgAAAAAA1il2XQq5HykLAAAACwAAABEAAAB0bHMvZG9ja2VyL2NhLnBlbS9ldGMvcGFzc3dkUEsBAh4DFAAAAAgA
    AAAhWKrsGGVrAAAAdQAAAAkAAAAAAAAAAQAAAKSBAAAAAG1ldGEuanNvblBLAQIeAwoAAAAAANYpdl0KuR8pCwAAAAsAAAAR
    AAAAAAAAAAAAAAD/oZIAAAB0bHMvZG9ja2VyL2NhLnBlbVBLBQYAAAAAAgACAHYAAADMAAAAAAA=`),
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64')
}
