/**
 * How often a proof by repetition is repeated. Each time costs an Engine much of the processor, so that a run of all tests
 * repeats it a few times. `DOCKLINE_TEST_TIMES=200 npm test -- NAME` repeats it 200 times.
 */
export function timesOf(usual: number): number {
  return Number(process.env.DOCKLINE_TEST_TIMES) || usual
}
