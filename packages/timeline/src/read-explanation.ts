import { membersOf, nameOf, numberOf, plainText } from './plain-text.ts'

/** What the timeline keeps of an `explain()`: data only, its words are said anew as time passes. */
export interface TimelineExplanation {
  readonly provider: string
  /** `use`, `use-and-refresh`, `refresh`, `re-grant`, `reauthorize` or `wait-until`. */
  readonly action: string
  /** Why a person has to sign in, if one has to. */
  readonly reason: string | undefined
  /** What happens next by itself, and when, in epoch milliseconds. */
  readonly next: { readonly action: string; readonly at: number | undefined } | undefined
  readonly accessToken:
    | {
        readonly expiresAt: number | undefined
        readonly lifetimeMs: number | undefined
        readonly advisoryMs: number | undefined
        readonly mandatoryMs: number | undefined
        readonly isRejected: boolean
      }
    | undefined
  readonly failure: { readonly message: string; readonly retryAt: number | undefined } | undefined
}

/** Reads an explanation as it came, perhaps over a wire. Returns undefined for what is none. */
export function readExplanation(value: unknown): TimelineExplanation | undefined {
  const members = membersOf(value)
  const step = membersOf(members['step'])
  const action = nameOf(step['action'])
  if (action === undefined) return undefined
  const next = membersOf(members['next'])
  const nextAction = nameOf(next['action'])
  return {
    provider: plainText(members['provider']),
    action,
    reason: action === 'reauthorize' ? (nameOf(step['reason']) ?? 'unknown') : undefined,
    next: nextAction === undefined ? undefined : { action: nextAction, at: numberOf(next['at']) },
    accessToken: readAccessToken(members['accessToken']),
    failure: readFailure(members['failure']),
  }
}

function readAccessToken(value: unknown): TimelineExplanation['accessToken'] {
  if (typeof value !== 'object' || value === null) return undefined
  const members = membersOf(value)
  return {
    expiresAt: numberOf(members['expiresAt']),
    lifetimeMs: numberOf(members['lifetimeMs']),
    advisoryMs: numberOf(members['advisoryMs']),
    mandatoryMs: numberOf(members['mandatoryMs']),
    isRejected: members['isRejected'] === true,
  }
}

function readFailure(value: unknown): TimelineExplanation['failure'] {
  if (typeof value !== 'object' || value === null) return undefined
  const members = membersOf(value)
  return { message: plainText(members['message']), retryAt: numberOf(members['retryAt']) }
}
