/** One end of a connection that has switched protocols (101): bytes both ways, and no message around them. */

import type { Body, Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'

/** Whoever has a link now. */
export interface LinkTaker {
  /** The bytes are the taker's to keep. */
  onBytes(bytes: Buffer): void
  /** There is room again for what is written. */
  onDrained(): void
  /** The other end sends no more; it may still read. */
  onEnd(): void
  /** The connection is gone, both ways. */
  onClosed(): void
}

/** It travels as the body of a reply, so that whoever drops the reply drops the link. */
export abstract class Link implements Body {
  /** From here on `taker` gets what comes, first what came before. */
  abstract open(taker: LinkTaker): void
  /** Returns whether there is room for more. The bytes stay as they are until they are written. */
  abstract write(bytes: Buffer): boolean
  abstract pause(): void
  abstract resume(): void
  /** Sends no more. */
  abstract end(): void
  /** Closes it both ways, once what was written is out. */
  abstract close(): void
  /** Closes it now. */
  abstract destroy(): void
  /** Is told once, when the connection is gone. */
  abstract whenClosed(told: () => void): void

  start(sink: Sink): void {
    this.destroy()
    sink.fail(new Fault('INTERNAL', 'a connection that has switched protocols is no body'))
  }

  abort(): void {
    this.destroy()
  }
}
