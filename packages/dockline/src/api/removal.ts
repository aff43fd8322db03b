import { path, type Request, Segments } from '../http/index.js'

/** The requests that remove an object whose maker gave up before it learned the id. */
export const removalOf = {
  container: (id: string): Request => ({
    method: 'DELETE',
    path: path`/containers/${id}`,
    query: { force: true, v: true },
  }),
  /** Only that image, and not those under it that have no other use. */
  image: (id: string): Request => ({
    method: 'DELETE',
    path: path`/images/${new Segments(id)}`,
    query: { noprune: true },
  }),
  network: (id: string): Request => ({ method: 'DELETE', path: path`/networks/${id}` }),
  volume: (name: string): Request => ({ method: 'DELETE', path: path`/volumes/${name}` }),
  service: (id: string): Request => ({ method: 'DELETE', path: path`/services/${id}` }),
  secret: (id: string): Request => ({ method: 'DELETE', path: path`/secrets/${id}` }),
  config: (id: string): Request => ({ method: 'DELETE', path: path`/configs/${id}` }),
  plugin: (name: string): Request => ({ method: 'DELETE', path: path`/plugins/${new Segments(name)}` }),
}
