/** The time whose samples count: older ones say little about the speed now. */
const WINDOW_MS = 3000
/** The shortest time that gives a speed. */
const SHORTEST_MS = 200

interface Sample {
  readonly time: number
  readonly bytes: number
}

/** How fast something grows. */
export class Speed {
  #samples: Sample[] = []

  /** So many bytes at this time, in milliseconds. Fewer than before means that something new has begun. */
  add(bytes: number, time: number): void {
    const last = this.#samples.at(-1)
    const before = last !== undefined && bytes < last.bytes ? [] : this.#samples
    const recent = before.findLastIndex((sample) => sample.time <= time - WINDOW_MS)
    this.#samples = [...before.slice(Math.max(0, recent)), { time, bytes }]
  }

  /** In bytes per second; undefined while too little time has passed. */
  get(): number | undefined {
    const [first] = this.#samples
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined) return undefined
    const time = last.time - first.time
    return time < SHORTEST_MS ? undefined : ((last.bytes - first.bytes) * 1000) / time
  }
}
