/** Text into JSON strings, quickly, and so that no client can forge a line of a log. */

/** What JSON must escape, and what terminals and line readers act on: controls, quotes, backslash, and beyond ASCII. */
// oxlint-disable-next-line no-control-regex
const SPECIAL = /["\\\x00-\x1f\x7f-\uffff]/

/** A JSON string with its quotes. Most text needs nothing, and is found out by one pass. */
export function jsonString(text: string): string {
  return SPECIAL.test(text) ? escaped(text) : `"${text}"`
}

/** The last JSON string of a field that mostly says the same (bench/micro/log-line: a third of the cost). */
export class LastJson {
  #text = ''
  #json = '""'

  of(text: string): string {
    if (text !== this.#text) {
      this.#text = text
      this.#json = jsonString(text)
    }
    return this.#json
  }
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
