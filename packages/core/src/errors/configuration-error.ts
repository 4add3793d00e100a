import { EvergrantError, isErrorNamed } from './evergrant-error.ts'

/** What was configured cannot work. `problems` names every fault at once, one sentence each. */
export class ConfigurationError extends EvergrantError {
  override readonly name = 'ConfigurationError'
  readonly problems: readonly string[]

  constructor(subject: string, problems: readonly string[], options?: { cause?: unknown }) {
    const list =
      problems.length === 1 ? ` ${problems[0]}` : problems.map(problem => `\n  - ${problem}`).join('')
    super(`${subject}:${list}`, { code: 'invalid_configuration', cause: options?.cause })
    this.problems = problems
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), problems: this.problems }
  }
}

/** Tells whether `value` is a {@link ConfigurationError}, across bundles and realms. */
export function isConfigurationError(value: unknown): value is ConfigurationError {
  return isErrorNamed(value, 'ConfigurationError')
}
