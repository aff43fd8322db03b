/**
 * Prepares a few items before they are asked for, in their order. Many small files are read several times as fast this
 * way: each takes four turns through the thread pool, and one after the other they would wait for every one of them.
 */
export async function* readAhead<From, To>(
  items: AsyncIterable<From>,
  prepare: (item: From) => Promise<To>,
  count = 16,
): AsyncGenerator<To, void, undefined> {
  const prepared: Promise<To>[] = []
  try {
    for await (const item of items) {
      const next = prepare(item)
      // It is met when its turn comes.
      next.catch(() => {})
      prepared.push(next)
      if (prepared.length > count) yield await (prepared.shift() as Promise<To>)
    }
    for (let next = prepared.shift(); next !== undefined; next = prepared.shift()) yield await next
  } finally {
    // A reader that leaves early goes on when no file is open any more.
    await Promise.allSettled(prepared)
  }
}
