// @ts-check
/** What import-probe.mjs loads to learn what loading nothing costs. */
export {}
