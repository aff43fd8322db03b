import type { HttpClient, MakingRequest, Request } from '../http/index.js'
import { type AnswerName, type AnswerOf, type ReadingOptions, readerOf } from './answers.js'

/** What the classes of the low level have in common. */
export abstract class ApiResource {
  protected readonly http: HttpClient

  constructor(http: HttpClient) {
    this.http = http
  }

  /** @internal The whole answer, as what its name says. */
  protected json<Name extends AnswerName>(name: Name, request: Request): Promise<AnswerOf<Name>> {
    return this.http.json(request, readerOf(name))
  }

  /** @internal As `json`, of a call that makes something: what a given-up one has made is removed again. */
  protected make<Name extends AnswerName>(
    name: Name,
    request: MakingRequest<AnswerOf<Name>>,
  ): Promise<AnswerOf<Name>> {
    return this.http.make(request, (sending) => this.http.json(sending, readerOf(name)))
  }

  /** @internal An answer of many values, each as what its name says. */
  protected lines<Name extends AnswerName>(
    name: Name,
    request: Request,
    options?: ReadingOptions,
  ): AsyncGenerator<AnswerOf<Name>, void, undefined> {
    return this.http.lines(request, { read: readerOf(name, options) })
  }
}
