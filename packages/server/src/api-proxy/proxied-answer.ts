import type { StraightAnswer } from '../transport/straight-answer.ts'
import type { IncomingAnswer } from '../transport/transport.ts'
import type { Field } from './response-headers.ts'

/** An answer of the API, and the headers that the client gets with it. */
export interface ProxiedAnswer {
  readonly answer: IncomingAnswer
  readonly fields: readonly Field[]
}

/** Makes a web `Response` of it. */
export function toResponse({ answer, fields }: ProxiedAnswer): Response {
  const { status } = answer
  const isEmpty = status === 204 || status === 205 || status === 304
  const response = new Response(isEmpty ? null : answer.body, { status })
  for (const [name, value] of fields) response.headers.append(name, value)
  return response
}

/** Makes a straight answer of it; undefined: it did not come as a message of Node.js. */
export function toStraight({ answer, fields }: ProxiedAnswer): StraightAnswer | undefined {
  if (answer.takeMessage === undefined) return undefined
  return { status: answer.status, lines: fields.flat(), message: answer.takeMessage() }
}
