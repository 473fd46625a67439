import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatewayConfig } from '#config/config'
import { TargetStates } from '#services/target-states'
import { type SlotsByService, TargetSlots } from './target-slots.ts'

const services = (all: Record<string, string[]>) =>
  Object.fromEntries(
    Object.entries(all).map(([name, urls]) => [name, { targets: urls.map((url) => ({ url })) }]),
  ) as unknown as GatewayConfig['services']

const slotsOf = ({ own, targets }: SlotsByService[string]): number[] => [own, ...targets]

test('a target keeps its slot from one configuration to the next; each has its own', () => {
  const slots = new TargetSlots(new TargetStates())
  const first = slots.assign(services({ a: ['x', 'y'], b: ['x'] }))
  assert.equal(new Set([...slotsOf(first['a']!), ...slotsOf(first['b']!)]).size, 5)
  slots.keep(services({ a: ['x', 'y'], b: ['x'] }))
  const second = slots.assign(services({ b: ['x'], a: ['y', 'z'] }))
  assert.equal(second['a']!.targets[0], first['a']!.targets[1])
  assert.deepEqual(second['b'], first['b'])
})

test('a slot that was given up is used again, clean, but not while old calls may write there', () => {
  const states = new TargetStates()
  const slots = new TargetSlots(states)
  const all = [{ a: ['x'] }, { a: ['y'] }, { a: ['y', 'z'] }].map(services)
  const [x] = slots.assign(all[0]!)['a']!.targets
  slots.keep(all[0]!)
  states.setChecked(x!, false)
  const [y] = slots.assign(all[1]!)['a']!.targets
  assert.notEqual(y, x)
  slots.keep(all[1]!)
  assert.ok(
    !slots.assign(all[2]!)['a']!.targets.includes(x!),
    'x has rested for no configuration yet',
  )
  slots.keep(all[2]!)
  assert.equal(slots.assign(services({ a: ['y', 'z', 'n'] }))['a']!.targets.at(-1), x)
  assert.equal(states.isUp(x!, 0), true)
})

test('a hundred changes use no more than a few slots', () => {
  const slots = new TargetSlots(new TargetStates())
  for (let n = 0; n < 100; n++) {
    const these = services({ a: [`t${n}`, `u${n}`] })
    for (const slot of slotsOf(slots.assign(these)['a']!)) assert.ok(slot < 7, String(slot))
    slots.keep(these)
  }
})
