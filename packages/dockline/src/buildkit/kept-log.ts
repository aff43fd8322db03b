/** The most characters that are kept of a log. */
const MOST = 1024 * 1024
const MOST_BEGINNING = MOST / 4
const MOST_END = MOST - MOST_BEGINNING
/** So much is kept of an end that is too long: it is cut once for many lines. */
const LEAST_END = MOST_END / 2

/** A log that keeps its beginning and its end, because a build may write without end. */
export class KeptLog {
  #beginning = ''
  #end = ''
  #leftOut = 0

  add(text: string): void {
    const room = MOST_BEGINNING - this.#beginning.length
    this.#beginning += text.slice(0, room)
    this.#end += text.slice(room)
    if (this.#end.length > MOST_END) this.#cut(this.#end.length - LEAST_END)
  }

  /** All of the log, with a line in the place of what is left out. */
  get text(): string {
    if (this.#leftOut === 0) return this.#beginning + this.#end
    return `${this.#beginning}\n[${this.#leftOut} characters of the log are left out]\n${this.#end}`
  }

  /** Cuts whole lines, where there are any. */
  #cut(least: number): void {
    const lineEnd = this.#end.indexOf('\n', least)
    const length = lineEnd < 0 ? least : lineEnd + 1
    this.#leftOut += length
    this.#end = this.#end.slice(length)
  }
}
