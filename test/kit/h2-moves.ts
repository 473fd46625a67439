/** Frames as a client of HTTP/2 says them, in few words. */

import { END_HEADERS, END_STREAM, frame, Frame, hpack, requestFields, uint32 } from './h2-frames.ts'

/** A request to this path is never answered. */
export const HELD = '/held'

export const ALL = END_HEADERS | END_STREAM
export const block = (...more: string[]): Buffer => hpack(requestFields(more))
export const get = (stream: number, more: string[] = []): Buffer =>
  frame(Frame.headers, ALL, stream, block(...more))
export const held = (stream: number): Buffer =>
  frame(Frame.headers, ALL, stream, hpack(requestFields([], 'GET', HELD)))
export const post = (stream: number, more: string[] = []): Buffer =>
  frame(Frame.headers, END_HEADERS, stream, hpack(requestFields(more, 'POST')))
export const headers = (flags: number, stream: number, payload: Buffer | string): Buffer =>
  frame(Frame.headers, flags, stream, payload)
export const data = (stream: number, flags = 0, payload: Buffer | string = 'abc'): Buffer =>
  frame(Frame.data, flags, stream, payload)
export const reset = (stream: number): Buffer => frame(Frame.reset, 0, stream, uint32(8))
export const settings = (...all: Buffer[]): Buffer =>
  frame(Frame.settings, 0, 0, Buffer.concat(all))
export const widen = (stream: number, by: number): Buffer =>
  frame(Frame.windowUpdate, 0, stream, uint32(by))
export const priority = (stream: number, on = 0): Buffer =>
  frame(Frame.priority, 0, stream, Buffer.concat([uint32(on), Buffer.from([16])]))
export const more = (stream: number, flags = END_HEADERS, payload: Buffer | string = ''): Buffer =>
  frame(Frame.continuation, flags, stream, payload)
export const ping = (flags = 0): Buffer => frame(Frame.ping, flags, 0, '12345678')

export function padded(payload: Buffer, padding: number): Buffer {
  return Buffer.concat([Buffer.from([padding]), payload, Buffer.alloc(padding)])
}

export function preferred(payload: Buffer, on = 0): Buffer {
  return Buffer.concat([uint32(on), Buffer.from([16]), payload])
}

export function pieces(stream: number): Buffer[] {
  const whole = block('x-a', 'b')
  return [
    headers(END_STREAM, stream, whole.subarray(0, 7)),
    more(stream, 0, ''),
    more(stream, END_HEADERS, whole.subarray(7)),
  ]
}

export function many(count: number, one: Buffer): Buffer[] {
  return Array.from({ length: count }, () => one)
}
