// @ts-check
/** `node import-probe.mjs SPECIFIER` prints the milliseconds its import takes. */
const [specifier = './empty.mjs'] = process.argv.slice(2)
const begin = performance.now()
await import(specifier)
process.stdout.write(String(performance.now() - begin))
