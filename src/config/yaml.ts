/** YAML or JSON text -> plain data, with the place of every piece. The one door of the `yaml` package. */

import {
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { type Complaint, type Key, showPath } from './complaint.ts'
import { type Origin, pathOf, setOrigin, type Source } from './origin.ts'

export interface Parsed {
  /** Undefined when the text is not YAML. */
  readonly data: unknown
  readonly complaints: readonly Complaint[]
}

/** Pieces that aliases may repeat in one file. Nested aliases multiply; this is where that ends. */
const MAX_REPEATED_PIECES = 100_000

export function parseYaml(file: string, text: string): Parsed {
  const lines = new LineCounter()
  const source: Source = {
    file,
    positionOf: (offset) => {
      const { line, col } = lines.linePos(offset)
      return { line: Math.max(line, 1), column: Math.max(col, 1) }
    },
  }
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      // Compares every key with every other; the reader below asks a hash table.
      uniqueKeys: false,
      logLevel: 'error',
    })
    // One unquoted brace can cause hundreds of errors: the first says where to look.
    const [first] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])
    // The parser reports its own stack's end as an error of the text.
    if (/stack (?:overflow|size)/i.test(first?.message ?? '')) throw new RangeError()
    if (first) return { data: undefined, complaints: [syntaxComplaint(source, text, first)] }
    if (document.contents === null) return { data: null, complaints: [] }
    return new Reader(source).readAll(document.contents)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const message = 'nested too deeply to be read'
    return { data: undefined, complaints: [{ file, line: 1, column: 1, path: '', message }] }
  }
}

function syntaxComplaint(
  { file, positionOf }: Source,
  text: string,
  error: { readonly message: string; readonly pos: readonly [number, number] },
): Complaint {
  const place = positionOf(error.pos[0])
  const line = text.split('\n', place.line).at(-1) ?? ''
  const hasBraces = /[[{,].*[{}].*[}\]]/.test(line)
  const advice = hasBraces ? '; inside { … } or [ … ], quote a text that holds { or }' : ''
  return { file, ...place, path: '', message: `not valid YAML: ${error.message}${advice}` }
}

/** What an anchor names, and how many pieces one more use of it adds. */
interface Anchored {
  readonly value: unknown
  readonly pieces: number
}

class Reader {
  readonly #source: Source
  readonly #complaints: Complaint[] = []
  readonly #anchors = new Map<string, Anchored>()
  #pieces = 0
  #repeated = 0

  constructor(source: Source) {
    this.#source = source
  }

  readAll(contents: ParsedNode): Parsed {
    const data = this.#read(contents, undefined, undefined)
    return { data, complaints: this.#complaints }
  }

  #read(node: ParsedNode, parent: Origin | undefined, key: Key | undefined): unknown {
    if (isAlias(node)) return this.#readAlias(node.source, node.range[0], parent, key)

    const piecesBefore = this.#pieces++
    if (node.tag !== undefined) {
      const message = `found the tag ${node.tag}, expected none: YAML tags have no meaning here`
      this.#complain(node.range[0], message, parent, key)
    }
    const value = isScalar(node)
      ? node.value
      : isMap(node)
        ? this.#readMap(node, parent, key)
        : this.#readList(node, parent, key)
    if (node.anchor !== undefined) {
      this.#anchors.set(node.anchor, { value, pieces: this.#pieces - piecesBefore })
    }
    return value
  }

  #readMap(node: YAMLMap.Parsed, parent: Origin | undefined, key: Key | undefined): object {
    const written: Record<string, unknown> = {}
    const origin = this.#begin(written, node.range[0], parent, key)
    for (const pair of node.items) {
      const name = String((pair.key as { value?: unknown }).value)
      const at = pair.key.range[0]
      if (name === '<<' || name === '__proto__') {
        const why = name === '<<' ? 'merge keys are not understood here' : 'not a name'
        this.#complain(at, `found ${name}, expected a key: ${why}`, origin, name)
        continue
      }
      if (Object.hasOwn(written, name)) {
        const { line } = this.#source.positionOf(origin.keysAt[name]!)
        const message = `found ${JSON.stringify(name)} twice, expected it once; it first stands in line ${line}`
        this.#complain(at, message, origin, name)
        continue
      }
      origin.keysAt[name] = at
      origin.valuesAt[name] = pair.value?.range[0] ?? at
      written[name] = pair.value === null ? null : this.#read(pair.value, origin, name)
    }
    return written
  }

  #readList(node: YAMLSeq.Parsed, parent: Origin | undefined, key: Key | undefined): object {
    const written: unknown[] = []
    const origin = this.#begin(written, node.range[0], parent, key)
    for (const [index, item] of node.items.entries()) {
      origin.valuesAt[index] = item.range[0]
      written.push(this.#read(item, origin, index))
    }
    return written
  }

  #readAlias(name: string, at: number, parent: Origin | undefined, key: Key | undefined): unknown {
    const anchored = this.#anchors.get(name)
    if (anchored === undefined) {
      const expected = `expected an anchor &${name} before it, or quotes around what is a text`
      this.#complain(at, `found *${name}, ${expected}`, parent, key)
      return undefined
    }
    this.#pieces += anchored.pieces
    this.#repeated += anchored.pieces
    if (this.#repeated <= MAX_REPEATED_PIECES) return anchored.value
    if (this.#repeated - anchored.pieces <= MAX_REPEATED_PIECES) {
      const message = `found aliases that repeat more than ${MAX_REPEATED_PIECES} pieces, expected fewer`
      this.#complain(at, message, parent, key)
    }
    return undefined
  }

  #begin(written: object, at: number, parent: Origin | undefined, key: Key | undefined): Origin {
    const isList = Array.isArray(written)
    const origin: Origin = {
      source: this.#source,
      written,
      parent,
      key,
      at,
      keysAt: {},
      valuesAt: isList ? ([] as unknown as Record<Key, number>) : {},
    }
    setOrigin(written, origin)
    return origin
  }

  #complain(at: number, message: string, parent: Origin | undefined, key: Key | undefined): void {
    const path = parent === undefined || key === undefined ? [] : [...pathOf(parent), key]
    const { file, positionOf } = this.#source
    this.#complaints.push({ file, ...positionOf(at), path: showPath(path), message })
  }
}
