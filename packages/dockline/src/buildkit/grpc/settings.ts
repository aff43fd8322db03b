/**
 * Bytes that may be under way before a reader has taken them: of a call, and of all calls together. The two must be equal:
 * where the second is larger, Bun stops asking for more.
 */
export const WINDOW_BYTES = 8 * 1024 * 1024

/** Each pattern of an ignore file is a header, and there may be thousands. */
export const HTTP2_OPTIONS = {
  maxHeaderListPairs: 65_535,
  maxSessionMemory: 256,
  settings: { initialWindowSize: WINDOW_BYTES, maxHeaderListSize: 1024 * 1024, enablePush: false },
} as const
