/** Calls back whoever asked when all that has come on any socket by now is read: what many streams say then leaves at once. */

export interface TurnTaker {
  onTurnEnd(): void
}

let waiting: TurnTaker[] = []
let others: TurnTaker[] = []

/** Once for each time it asks; it must not ask twice before it is called. */
export function atTurnEnd(taker: TurnTaker): void {
  if (waiting.push(taker) === 1) setImmediate(callAll)
}

function callAll(): void {
  const takers = waiting
  waiting = others
  others = takers
  for (let i = 0; i < takers.length; i++) takers[i]!.onTurnEnd()
  takers.length = 0
}
