/** The words after a command's name -> its options and operands, or a UsageError that names the wrong one. */

import { parseArgs } from 'node:util'
import { nearest } from '#base/nearest'
import { type Option, UsageError } from './command.ts'

export interface Arguments {
  /** What stands without a dash, in order. */
  readonly operands: readonly string[]
  /** Whether a switch is set. */
  has(name: string): boolean
  value(name: string): string | undefined
  /** Every value of an option that may come several times. */
  values(name: string): readonly string[]
}

/** @param operandNames what the command takes beside its options: all of it wanted, but for what stands in [ ] */
export function parseArguments(
  args: readonly string[],
  options: Readonly<Record<string, Option>>,
  operandNames: readonly string[] = [],
): Arguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, short }]) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short ? { short } : {}) } as const,
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })

  const given = new Map<string, string[]>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option) throw unknownOption(rawName, options)
    checkValue(rawName, option, value)
    const values = given.get(name) ?? []
    if (values.length > 0 && !option.isMultiple) throw new UsageError(`${rawName} is given twice`)
    given.set(name, [...values, value ?? ''])
  }
  checkOperands(operands, operandNames)

  return {
    operands,
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.[0],
    values: (name) => given.get(name) ?? [],
  }
}

function unknownOption(rawName: string, options: Readonly<Record<string, Option>>): UsageError {
  const known = Object.keys(options).map((name) => `--${name}`)
  const meant = nearest(rawName, known)
  return new UsageError(`unknown option ${rawName}${meant ? `; did you mean ${meant}?` : ''}`)
}

function checkValue(rawName: string, option: Option, value: string | undefined): void {
  if (option.value === undefined && value !== undefined) {
    throw new UsageError(`${rawName} takes no value`)
  }
  if (option.value !== undefined && (value === undefined || value === '')) {
    throw new UsageError(`${rawName} wants a value: ${rawName} ${option.value}`)
  }
}

function checkOperands(operands: readonly string[], names: readonly string[]): void {
  const missing = names[operands.length]
  if (missing?.startsWith('[') === false) throw new UsageError(`${missing} is missing`)
  const extra = operands[names.length]
  if (extra !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(extra)}`)
}
