import { isName, isToken, objectOf } from './untrusted.ts'
import type { Members } from './untrusted.ts'

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

/** What tabs of one origin tell each other of tokens. */
export type TokenMessage =
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

/** Reads what another script of this origin sent; undefined: it is no such message. */
export function readTokenMessage(data: unknown): TokenMessage | undefined {
  const message = objectOf(data)
  const { type, answers, id } = message
  const isMessage =
    (type === 'token' && isAbout(message) && isDated(message) && isOptional(answers, isName)) ||
    (type === 'ask' && isAbout(message) && isName(id)) ||
    (type === 'none' && isName(answers))
  return isMessage ? (message as unknown as TokenMessage) : undefined
}

function isAbout({ signInId, scope, generation }: Members): boolean {
  const isScope = typeof scope === 'string' && scope.length <= 2048
  return isName(signInId) && isScope && Number.isSafeInteger(generation) && isDuration(generation)
}

function isDated({ accessToken, remainingMs, lifetimeMs, ageMs }: Members): boolean {
  const areDurations = isOptional(remainingMs, isDuration) && isOptional(lifetimeMs, isDuration)
  return isToken(accessToken) && areDurations && isDuration(ageMs)
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value)
}

function isDuration(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0
}
