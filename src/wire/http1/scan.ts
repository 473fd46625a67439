/** Where parts of a head end, found by looking at one character after the other. */

/** What ends a head; as bytes, which are found in half the time that text is. */
export const HEAD_END = Buffer.from('\r\n\r\n')

export const SPACE = 0x20
const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const DELETE = 0x7f

/**
 * Where the line of a value, or of a reason phrase, ends: at its CRLF. -1 when a control character, a bare CR or a bare
 * LF stands before it (RFC 9112 §2.2, RFC 9110 §5.5). A loop: half the cost of a regex (bench/micro/head).
 */
export function valueEnd(text: string, start: number): number {
  const end = text.indexOf('\r', start)
  if (text.charCodeAt(end + 1) !== LF) return -1
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code >= SPACE ? code === DELETE : code !== TAB) return -1
  }
  return end
}

/** The first character from `start` on that is not visible ASCII, and so not part of a target (RFC 9112 §3.2). */
export function visibleEnd(text: string, start: number): number {
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code <= SPACE || code >= DELETE) break
  }
  return at
}

export function endsLine(text: string, at: number): boolean {
  return text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF
}

/** Without the white space around it (RFC 9110 §5.6.3). */
export function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

/**
 * Whether a line of a head that begins at `start` ends in a bare LF; looks from `from` on. Such a head would leave us
 * waiting for an end that its sender thinks it sent.
 */
export function hasBareLf(bytes: Buffer, start: number, from: number, end: number): boolean {
  for (let lf = bytes.indexOf(LF, from); lf >= 0 && lf < end; lf = bytes.indexOf(LF, lf + 1)) {
    if (lf === start || bytes[lf - 1] !== CR) return true
  }
  return false
}
