/** What HTTP/2 calls things on the wire (RFC 9113 §4, §6, §7), and the sizes it begins with. */

export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

export const Flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const

export const ErrorCode = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
  enhanceYourCalm: 11,
} as const

export const Setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxStreams: 3,
  initialWindow: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
  /** RFC 9218 §2.1: the old priorities are not looked at. */
  noOldPriorities: 9,
} as const

/** What a client says first (RFC 9113 §3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

export const FRAME_HEAD_BYTES = 9

/** Of one frame's payload: the size that every peer takes, and the most we take. Larger ones would hold up other streams. */
export const MAX_PAYLOAD_BYTES = 16_384

export const INITIAL_WINDOW = 65_535
export const MAX_WINDOW = 2 ** 31 - 1
export const MAX_STREAM_ID = 2 ** 31 - 1
