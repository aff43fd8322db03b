// @ts-check
// `using` needs helpers on the Node versions that lack it, and TypeScript writes them into each file anew: one copy is enough.
import { join } from 'node:path'
import { LIBRARY } from './doors.mjs'

/** There is no such file. Its folder is the library's, so that the library brings the helpers for all packages. */
const ID = join(LIBRARY, 'dist/using-helpers.js')
const HELPERS = /^var __addDisposableResource = [\s\S]*?^\};\nvar __disposeResources = [\s\S]*?^\}\);\n/m
/** Functions keep their names in a bundle, and each `using` has this one. */
const [LONG_NAME, SHORT_NAME] = ['__addDisposableResource', '__using']
/** What each block with a `using` begins with. */
const SCOPE = '{ stack: [], error: void 0, hasError: false }'
const NEW_SCOPE = `function __scope() { return ${SCOPE}; }\n`
/** What each does with what is thrown in it. */
const FAILURE = /(\w+)\.error = (\w+);\s+\1\.hasError = true;/g
const NEW_FAILURE = 'function __failed(scope, error) { scope.error = error; scope.hasError = true; }\n'
const NAMES = `{ __scope, __failed, ${SHORT_NAME}, __disposeResources }`

/**
 * Lets all modules import the helpers from one.
 * @returns {import('rolldown').Plugin}
 */
export function shareHelpers() {
  let helpers = ''
  return {
    name: 'share-helpers',
    resolveId: (id) => (id === ID ? ID : null),
    load: (id) => (id === ID ? `${NEW_SCOPE}${NEW_FAILURE}${helpers}export ${NAMES}\n` : null),
    transform(code, id) {
      const [found] = HELPERS.exec(code) ?? []
      if (found === undefined || id === ID) return null
      helpers = found.replaceAll(LONG_NAME, SHORT_NAME)
      const shared = code.replace(found, () => `import ${NAMES} from ${JSON.stringify(ID)};\n`)
      const scoped = shared.replaceAll(LONG_NAME, SHORT_NAME).replaceAll(SCOPE, '__scope()')
      return { code: scoped.replace(FAILURE, '__failed($1, $2);'), map: null }
    },
  }
}
