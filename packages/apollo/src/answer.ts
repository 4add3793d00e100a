import { PROTOCOL_ERRORS_SYMBOL } from '@apollo/client/errors'
import type { ApolloLink } from '@apollo/client/link'
import type { AttemptResult, GraphQLErrorLike } from '@evergrant/core/source'

/** What an answer says about the access token. */
export interface Answer {
  /** Absent where the terminating link does not tell. */
  readonly response: Response | undefined
  readonly errors: readonly GraphQLErrorLike[]
  readonly data?: object | null | undefined
}

/** Reads a result of the next link, the first one or a later part. */
export function answerOf(result: ApolloLink.Result, operation: ApolloLink.Operation): Answer {
  const { data, errors, extensions } = result as {
    readonly data?: object | null
    readonly errors?: readonly GraphQLErrorLike[]
    readonly extensions?: {
      readonly [PROTOCOL_ERRORS_SYMBOL]?: { readonly errors: readonly GraphQLErrorLike[] }
    }
  }
  const { response } = operation.getContext() as { readonly response?: Response }
  return {
    response,
    data,
    errors: errors ?? extensions?.[PROTOCOL_ERRORS_SYMBOL]?.errors ?? [],
  }
}

/** Reads an error of the next link; undefined: there was no answer. */
export function failureOf(error: unknown): Answer | undefined {
  const { response, bodyText } = Object(error) as { readonly response?: Response; readonly bodyText?: string }
  return response && { response, errors: errorsIn(bodyText) }
}

/** Puts together what the source is told; undefined: the answer says nothing about the token, or is not from where it went. */
export function verdictOf(
  url: string,
  { response }: Pick<Answer, 'response'>,
  isRefused: boolean,
): AttemptResult | undefined {
  if (response?.redirected && !response.url.startsWith(`${new URL(url).origin}/`)) return undefined
  return isRefused && response?.status !== 401 ? 'rejected' : response
}

/** The errors of one answer, or of all answers of a batch. */
function errorsIn(text: string | undefined): readonly GraphQLErrorLike[] {
  try {
    return [JSON.parse(text ?? '') as { readonly errors?: GraphQLErrorLike[] } | null]
      .flat()
      .flatMap(answer => answer?.errors ?? [])
      .filter(Boolean)
  } catch {
    return []
  }
}
