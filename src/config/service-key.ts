/** What services are called among all: in a stage one may have targets of its own. */

/** Of a service that a route of that stage names. */
export function keyOfService(
  services: Readonly<Record<string, unknown>>,
  name: string,
  stage: string | undefined,
): string {
  const own = serviceKey(name, stage ?? '')
  return Object.hasOwn(services, own) ? own : name
}

export function serviceKey(name: string, stage: string): string {
  return `${name}@${stage}`
}
