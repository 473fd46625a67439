/** Lines of the Prometheus text format. */

export function family(
  name: string,
  type: string,
  help: string,
  samples: readonly (readonly [string, number])[],
): string {
  if (samples.length === 0) return ''
  return (
    header(name, type, help) +
    samples.map(([labels, value]) => `${name}{${labels}} ${value}\n`).join('')
  )
}

export function single(name: string, type: string, help: string, value: number): string {
  return `${header(name, type, help)}${name} ${value}\n`
}

export function header(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
}

/** Those that have a value. */
export function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${label(value)}"`)
    .join(',')
}

function label(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
