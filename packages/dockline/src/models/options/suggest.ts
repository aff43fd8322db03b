export { nearest, refuseUnknown } from '../../suggest.js'
