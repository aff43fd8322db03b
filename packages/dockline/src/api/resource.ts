import type { HttpClient } from '../http/index.js'

/** What the classes of this folder have in common: the one way out. */
export abstract class ApiResource {
  protected readonly http: HttpClient

  constructor(http: HttpClient) {
    this.http = http
  }
}
