/** What a record has under a key that somebody else has chosen: `constructor` and its like are no keys of it. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
