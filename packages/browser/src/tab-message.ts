import { isName, isToken, objectOf } from './auth-routes.ts'

/** A token as it travels between tabs. All times are durations: clocks are not compared. */
export interface SharedToken {
  readonly type: 'token'
  readonly signInId: string
  /** The scope that was asked for; empty: none. */
  readonly scope: string
  /** Counts the tokens of this sign-in and scope; the highest is the newest. */
  readonly generation: number
  readonly accessToken: string
  /** Undefined: the server named no lifetime. */
  readonly remainingMs?: number | undefined
  readonly lifetimeMs?: number | undefined
  /** How long ago it was requested. */
  readonly ageMs: number
  /** The question that this answers; undefined: it was just obtained. */
  readonly answers?: string | undefined
}

/** What tabs of one origin tell each other. */
export type TabMessage =
  | SharedToken
  /** Who has a newer token than `generation`? */
  | {
      readonly type: 'ask'
      readonly id: string
      readonly signInId: string
      readonly scope: string
      readonly generation: number
    }
  /** Not this tab. */
  | { readonly type: 'none'; readonly answers: string }
  /** Somebody signed in. Who it is, the server tells. */
  | { readonly type: 'signed-in'; readonly signInId: string }
  /** This sign-in has ended; undefined: whichever it was. */
  | { readonly type: 'signed-out'; readonly signInId?: string | undefined }

/** Reads what another script of this origin sent; undefined: it is no message of ours. */
export function readMessage(data: unknown): TabMessage | undefined {
  const message = objectOf(data)
  const { type, signInId, scope, generation, answers, id } = message
  const isAbout = isName(signInId) && isScope(scope) && isCount(generation)
  switch (type) {
    case 'token':
      return isAbout && isToken(message['accessToken']) && isDated(message) && isOptional(answers, isName)
        ? (message as unknown as SharedToken)
        : undefined
    case 'ask':
      return isAbout && isName(id) ? { type, id, signInId, scope, generation } : undefined
    case 'none':
      return isName(answers) ? { type, answers } : undefined
    case 'signed-in':
      return isName(signInId) ? { type, signInId } : undefined
    case 'signed-out':
      return isOptional(signInId, isName) ? { type, signInId } : undefined
    default:
      return undefined
  }
}

function isDated({ remainingMs, lifetimeMs, ageMs }: Readonly<Record<string, unknown>>): boolean {
  return isOptional(remainingMs, isDuration) && isOptional(lifetimeMs, isDuration) && isDuration(ageMs)
}

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value)
}

function isScope(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 2048
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isDuration(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0
}
