import type { ProviderOption } from './define-provider.ts'

/** Environment variables, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Reads a provider's options from environment variables. An empty variable counts as absent. */
export function fromEnvironment(
  options: readonly ProviderOption[],
  env: Variables = processEnvironment(),
): Record<string, unknown> {
  const entries = options.flatMap(({ name, env: variable, kind }): [string, unknown][] => {
    const value = variable === undefined ? undefined : env[variable]
    if (value === undefined || value === '') return []
    return [[name, kind === 'flag' ? flagOf(value) : value]]
  })
  return Object.fromEntries(entries)
}

/** Renders the options of several providers as the text of a `.env.example`; every value is empty. */
export function envExample(
  providers: readonly { readonly title: string; readonly options: readonly ProviderOption[] }[],
): string {
  const seen = new Set<string>()
  const sections = providers.map(({ title, options }) => {
    const lines = options.flatMap(({ env, description, where, isRequired, defaultValue }) => {
      if (env === undefined || seen.has(env)) return []
      seen.add(env)
      const hint = isRequired
        ? ''
        : ` Optional${defaultValue === undefined ? '' : `; default ${defaultValue}`}.`
      return [`# ${capitalized(description)}.${hint}${where === undefined ? '' : ` ${where}`}`, `${env}=`]
    })
    return lines.length === 0 ? '' : `## ${title}\n${lines.join('\n')}\n`
  })
  return sections.filter(section => section !== '').join('\n')
}

// Not a platform import: this package also runs where there is no process.
function processEnvironment(): Variables {
  return (globalThis as { process?: { env?: Variables } }).process?.env ?? {}
}

function flagOf(value: string): unknown {
  if (/^(true|1|yes|on)$/i.test(value)) return true
  return /^(false|0|no|off)$/i.test(value) ? false : value
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
