/** Reads text in the Huffman code of HPACK, four bits at a step, from a table made once. */

import { codeWords, END_SYMBOL } from '#wire/http2/hpack/huffman-code'

/** A place in the code's tree, where a word is not complete. */
interface Node {
  readonly number: number
  /** By the next bit: another place, or the symbol whose word ends there. */
  readonly next: [Node | number | undefined, Node | number | undefined]
  /** Bits from the root; -1 when one of them is 0: what is left of the last byte must be ones, and fewer than eight (§5.2). */
  readonly ones: number
}

const SYMBOL = 0x1_0000
const WRONG = 0x2_0000
const MAX_PADDING_BITS = 7

const { steps, mayEnd } = tablesOf(treeOf())

/**
 * Writes `bytes[start, end)`, decoded, to the beginning of `target`, which must have room for 8/5 of it. Returns how many
 * bytes that are, or -1 when it is not of the code.
 */
export function decodeHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
): number {
  let node = 0
  let written = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    const first = steps[(node << 4) | (byte >> 4)]!
    if (first >= SYMBOL) {
      if (first >= WRONG) return -1
      target[written++] = (first >> 8) & 0xff
    }
    const second = steps[((first & 0xff) << 4) | (byte & 15)]!
    if (second >= SYMBOL) {
      if (second >= WRONG) return -1
      target[written++] = (second >> 8) & 0xff
    }
    node = second & 0xff
  }
  return mayEnd[node] === 1 ? written : -1
}

function treeOf(): Node[] {
  const nodes: Node[] = [{ number: 0, next: [undefined, undefined], ones: 0 }]
  for (const { symbol, bits, length } of codeWords) {
    let node = nodes[0]!
    for (let left = length - 1; left > 0; left--) {
      const bit = (bits >> left) & 1
      let next = node.next[bit]
      if (next === undefined) {
        const ones = bit === 1 && node.ones >= 0 ? node.ones + 1 : -1
        next = { number: nodes.length, next: [undefined, undefined], ones }
        nodes.push(next)
        node.next[bit] = next
      }
      node = next as Node
    }
    node.next[bits & 1] = symbol
  }
  return nodes
}

/** A step is the next place, with the symbol passed on the way: the shortest word has five bits, so there is one at most. */
function tablesOf(nodes: readonly Node[]): { steps: Uint32Array; mayEnd: Uint8Array } {
  const table = new Uint32Array(nodes.length * 16)
  for (const start of nodes)
    for (let nibble = 0; nibble < 16; nibble++)
      table[start.number * 16 + nibble] = stepFrom(start, nibble, nodes[0]!)
  const ends = nodes.map(({ ones }) => Number(ones >= 0 && ones <= MAX_PADDING_BITS))
  return { steps: table, mayEnd: Uint8Array.from(ends) }
}

function stepFrom(start: Node, nibble: number, root: Node): number {
  let node = start
  let passed = 0
  for (let left = 3; left >= 0; left--) {
    const next = node.next[(nibble >> left) & 1]!
    if (typeof next === 'object') {
      node = next
      continue
    }
    if (next === END_SYMBOL) return WRONG
    passed = SYMBOL | (next << 8)
    node = root
  }
  return passed | node.number
}
