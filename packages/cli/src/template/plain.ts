/** A field that is printed as it is. */
const FIELD = /\{\{ *\.([A-Za-z_]\w*) *\}\}/

/** A template of nothing but text and fields, as every table of docker's is: most formats need no interpreter. */
export class PlainTemplate {
  /** In turn: text, the name of a field, text, and so on. */
  readonly #parts: readonly string[]

  private constructor(parts: readonly string[]) {
    this.#parts = parts
  }

  /** Undefined where a template has anything else in braces. */
  static of(template: string): PlainTemplate | undefined {
    const parts = template.split(FIELD)
    return parts.some((part) => part.includes('{')) ? undefined : new PlainTemplate(parts)
  }

  get fields(): readonly string[] {
    return this.#parts.filter((_, index) => isField(index))
  }

  /** Undefined where a field is not there or is no text: how that is printed, or refused, the interpreter knows. */
  render(fields: Readonly<Record<string, unknown>>): string | undefined {
    let text = ''
    for (const [index, part] of this.#parts.entries()) {
      const value = isField(index) ? fieldOf(fields, part) : part
      if (typeof value !== 'string') return undefined
      text += value
    }
    return text
  }
}

function isField(index: number): boolean {
  return index % 2 === 1
}

function fieldOf(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}
