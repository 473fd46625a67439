/** RSA keys of a faulty generator (ROCA, CVE-2017-15361): their factors can be found, and their form gives them away. */

import type { KeyObject } from 'node:crypto'

/** The moduli of that generator are powers of this, whatever small prime they are divided by. */
const GENERATOR = 65_537
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
  103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
]

/** Of other keys one in 2^27 has it, too. */
export function hasRocaForm(key: KeyObject): boolean {
  const { n } = key.export({ format: 'jwk' })
  const modulus = BigInt(`0x${Buffer.from(n!, 'base64url').toString('hex')}`)
  return PRIMES.every((prime) => isPower(Number(modulus % BigInt(prime)), prime))
}

function isPower(rest: number, prime: number): boolean {
  let power = 1
  do {
    if (power === rest) return true
    power = (power * GENERATOR) % prime
  } while (power !== 1)
  return false
}
