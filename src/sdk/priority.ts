/** How early a route's requests are refused when there is too much to do. */

/** The level of overload from which a route of that class is shed, more and more until the next whole level. */
export const PRIORITIES = { low: 0, normal: 1, high: 2, critical: Infinity } as const

export type Priority = keyof typeof PRIORITIES
