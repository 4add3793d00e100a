import { ConfigurationError } from '@evergrant/core'
import { checkOption } from './check-option.ts'
import { fromEnvironment } from './environment.ts'
import type { Variables } from './environment.ts'

/** One option of a provider, as data: validation, `fromEnv()`, `.env.example` and documentation are made from it. */
export interface ProviderOption<Name extends string = string> {
  readonly name: Name
  readonly isRequired: boolean
  /** Whether the value must never be shown. */
  readonly isSecret: boolean
  /** The environment variable. Absent: the option cannot come from the environment. */
  readonly env?: string | undefined
  readonly kind: 'text' | 'url' | 'flag' | 'choice' | 'object'
  /** The values of a `choice`. */
  readonly choices?: readonly string[] | undefined
  /** What it is, as the end of a sentence: "the client id that TRAVIS issued". */
  readonly description: string
  /** Where a person finds it. */
  readonly where?: string | undefined
  /** What is used if it is not given. */
  readonly defaultValue?: string | undefined
}

/** A provider: a function from options to an authorization, with its options as data. */
export interface ProviderFactory<Options, Result> {
  /** @throws {ConfigurationError} an option is missing, wrong or unknown; every one is named */
  (options: Options): Result
  /**
   * Takes the options from environment variables; what `overrides` gives wins.
   * @throws {ConfigurationError} as the function itself, naming the variables
   */
  fromEnv(env?: Variables, overrides?: Partial<Options>): Result
  readonly options: readonly ProviderOption[]
  /** The provider's name in messages. */
  readonly title: string
}

/** What a provider file says about itself. */
export interface ProviderDefinition<Options, Result> {
  readonly title: string
  readonly options: readonly ProviderOption<Extract<keyof Options, string>>[]
  readonly build: (options: Options) => Result
}

/** Makes a provider from its definition. */
export function defineProvider<Options extends object, Result>({
  title,
  options,
  build,
}: ProviderDefinition<Options, Result>): ProviderFactory<Options, Result> {
  const create = (given: Options): Result => build(validated(title, options, given))
  return Object.assign(create, {
    title,
    options,
    fromEnv: (env?: Variables, overrides?: Partial<Options>): Result =>
      create({ ...fromEnvironment(options, env), ...overrides } as Options),
  })
}

function validated<Options extends object>(
  title: string,
  options: readonly ProviderOption[],
  given: Options,
): Options {
  if (typeof given !== 'object' || given === null) {
    const names = options.filter(option => option.isRequired).map(option => option.name)
    throw new ConfigurationError(`${title} cannot be used`, [`Pass an object with ${names.join(', ')}.`])
  }
  const values = given as Record<string, unknown>
  const known = new Set(options.map(option => option.name))
  const problems = options.flatMap(option => checkOption(option, values[option.name]))
  for (const name of Object.keys(values)) {
    if (!known.has(name)) problems.push(`${name} is no option. The options are ${[...known].join(', ')}.`)
  }
  if (problems.length > 0) throw new ConfigurationError(`${title} cannot be used`, problems)
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  ) as Options
}
