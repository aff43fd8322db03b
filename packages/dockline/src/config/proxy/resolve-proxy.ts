import { invalidKind } from '../../support/check.js'
import { goesDirect, type ProxyChoice, parseProxy } from '../../transport/index.js'
import type { Environment } from '../resolve.js'

/** What the `proxy` option says, and without it the environment. */
export function proxyChoice(env: Environment, option: string | false | undefined): ProxyChoice | undefined {
  if (option === undefined) return choiceOf(env)
  if (option === false) return undefined
  if (typeof option !== 'string' || option === '') {
    return invalidKind('proxy', "false or the address of a proxy such as 'http://box:3128'", option)
  }
  const proxy = parseProxy(option, 'the proxy option')
  return () => proxy
}

/** As the docker command has it: a variable that no connection goes by may say anything. */
function choiceOf(env: Environment): ProxyChoice {
  return (to, encrypted) => {
    const name = named(env, encrypted ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'])
    if (name === undefined) return undefined
    // A web server makes that variable of the header `Proxy`, which any client may send to its scripts.
    if (!encrypted && env.REQUEST_METHOD) return undefined
    return goesDirect(to, env.NO_PROXY || env.no_proxy || '') ? undefined : parseProxy(env[name] ?? '', name)
  }
}

function named(env: Environment, names: readonly string[]): string | undefined {
  return names.find((name) => env[name])
}
