/** A class as ES5 has it: made with and without `new`, inherited from by `X.call(this)`, its prototype open to patches. */
export interface Constructor<Instance, Args extends readonly unknown[]> {
  new (...args: Args): Instance
  (...args: Args): Instance
  readonly prototype: Instance
}

/** Makes a constructor. `begin` sets up a new instance. */
export function constructorOf<Instance extends object, Args extends readonly unknown[]>(
  name: string,
  begin: (self: Instance, ...args: Args) => void,
  methods: object & ThisType<Instance> = {},
): Constructor<Instance, Args> {
  const made = function (this: unknown, ...args: Args): Instance {
    const self = this instanceof made ? (this as Instance) : (Object.create(made.prototype) as Instance)
    begin(self, ...args)
    return self
  }
  Object.defineProperty(made, 'name', { value: name })
  Object.assign(made.prototype, methods)
  return made as unknown as Constructor<Instance, Args>
}
