import { text } from '../flags/flag.js'

export const builderFlag = text('The builder: "default", which is the Engine itself')
