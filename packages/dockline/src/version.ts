/** The version of this package, as sent in `User-Agent` and shown by `dockline --version`. */
export const VERSION = '0.1.0'
