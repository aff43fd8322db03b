import type { ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { aServer } from './scripted-engine.js'

/** What an Engine answers, by the path without the version: a value for JSON, or a text as it is. */
export type Answers = Readonly<Record<string, unknown>>

/** Text that is sent as it is. */
export class Raw {
  constructor(readonly body: string | Buffer) {}
}

/** An Engine that answers what the test says, to any method, in this version of the API. */
export function anAnsweringEngine(test: TestContext, answers: Answers, apiVersion = '1.51'): Promise<string> {
  return aServer(test, (request, response) => {
    const path = decodeURIComponent(request.url ?? '')
      .replace(/^\/v[\d.]+(?=\/)/, '')
      .replace(/\?.*/, '')
    response.setHeader('Api-Version', apiVersion)
    response.setHeader('Ostype', 'linux')
    request.resume().once('end', () => send(response, path === '/_ping' ? new Raw('OK') : answers[path]))
  })
}

function send(response: ServerResponse, answer: unknown): void {
  const isKnown = answer !== undefined
  const body =
    answer instanceof Raw ? answer.body : JSON.stringify(isKnown ? answer : { message: 'page not found' })
  response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' }).end(body)
}

/** Where a value stands. */
export type Place = readonly (string | number)[]

/** Each field of an object, and what is in it; of a list only the first item. */
export function placesIn(value: unknown, place: Place = []): Place[] {
  const inside = (name: string | number, member: unknown) => placesIn(member, [...place, name])
  const own = place.length === 0 ? [] : [place]
  if (Array.isArray(value)) return [...own, ...(value.length === 0 ? [] : inside(0, value[0]))]
  if (typeof value !== 'object' || value === null) return own
  return [...own, ...Object.entries(value).flatMap(([name, member]) => inside(name, member))]
}

/** The same with null in that place. */
export function withNull(value: unknown, [first, ...rest]: Place): unknown {
  if (first === undefined) return null
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[first] = withNull(copy[first], rest)
  return copy
}

/** As often as there are fields, each time with null in another of them. */
export function eachWithNull(value: object, except: readonly string[] = []): unknown[] {
  const places = placesIn(value).filter((place) => !except.includes(place.join('.')))
  return places.map((place) => withNull(value, place))
}
