import type { ProviderOption } from './define-provider.ts'

/** Says what is wrong with one value, never showing the value itself; an empty list: nothing. */
export function checkOption(option: ProviderOption, value: unknown): string[] {
  if (value === undefined || value === null || value === '') {
    return option.isRequired ? [`${option.name} is missing: ${described(option)}`] : []
  }
  const expected = expectation(option, value)
  return expected === undefined ? [] : [`${option.name} must be ${expected}: ${described(option)}`]
}

function expectation({ kind, choices = [] }: ProviderOption, value: unknown): string | undefined {
  switch (kind) {
    case 'text':
      if (typeof value !== 'string') return 'a string'
      return value.trim() === value ? undefined : 'without spaces or line breaks around it'
    case 'url':
      return typeof value === 'string' && isWebUrl(value)
        ? undefined
        : 'an absolute URL such as https://api.example.com/'
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'true or false'
    case 'choice':
      return typeof value === 'string' && choices.includes(value) ? undefined : `one of ${choices.join(', ')}`
    case 'object':
      return typeof value === 'object' ? undefined : 'an object'
  }
}

function isWebUrl(value: string): boolean {
  return (
    URL.canParse(value) &&
    /^https?:$/.test(new URL(value).protocol) &&
    !value.includes('#') &&
    !value.includes('?')
  )
}

function described({ description, env, where }: ProviderOption): string {
  const variable = env === undefined ? '' : ` (environment variable ${env})`
  return `${description}${variable}.${where === undefined ? '' : ` ${where}`}`
}
