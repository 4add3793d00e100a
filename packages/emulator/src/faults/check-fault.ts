import type { Fault, FaultKind } from './fault.ts'
import { integerFrom, isObject, isString, numberFrom, oneOf, positiveNumber, problemsOf } from './members.ts'
import type { MemberCheck, Shape } from './members.ts'

/** The longest delay that a timer keeps, in milliseconds. */
const longestTimerMs = 2_147_483_647
/** What a header may hold on a wire: Node.js is stricter here than `Headers`. RFC 9110 §5.5 */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/
/** The Fetch Standard allows them no body. */
const statusesWithoutBody: readonly unknown[] = [204, 205, 304]

const target: Shape = {
  on: oneOf('token', 'api', 'all'),
  grantType: isString,
  times: value =>
    value === Infinity || (Number.isInteger(value) && Number(value) > 0)
      ? undefined
      : 'must be a whole number above 0, or Infinity',
  share: numberFrom(0, 1),
  forMs: positiveNumber,
}

const kinds: Readonly<Record<FaultKind, { readonly shape: Shape; readonly required: readonly string[] }>> = {
  status: {
    shape: {
      status: integerFrom(200, 599),
      body: value =>
        typeof value === 'string' || (typeof value === 'object' && value !== null)
          ? undefined
          : 'must be a string or an object',
      headers: headersCheck(),
    },
    required: ['status'],
  },
  delay: { shape: { ms: numberFrom(0, longestTimerMs) }, required: ['ms'] },
  reset: { shape: { when: oneOf('before', 'after') }, required: ['when'] },
  html: { shape: {}, required: [] },
  'truncated-json': { shape: {}, required: [] },
  'error-in-200': { shape: { error: isString }, required: [] },
  empty: { shape: {}, required: [] },
  redirect: {
    shape: { to: oneOf('same-origin', 'foreign-origin'), status: oneOf(301, 302, 303, 307, 308) },
    required: ['to'],
  },
  // Slower, and the pause between two bytes is longer than a timer keeps, which makes it none at all.
  'slow-body': { shape: { bytesPerSecond: numberFrom(0.001, 1_000_000_000) }, required: [] },
  'endless-body': { shape: {}, required: [] },
  'gzip-bomb': { shape: {}, required: [] },
}

/**
 * Returns the value if it is a fault.
 * @throws {TypeError} it is none; the message names every member that is wrong
 */
export function checkFault(value: unknown): Fault {
  if (!isObject(value)) throw new TypeError('A fault is an object with a "kind".')
  const { kind, ...members } = value
  if (!isKind(kind)) {
    throw new TypeError(`There is no fault of this kind. There are: ${Object.keys(kinds).join(', ')}.`)
  }
  const { shape, required } = kinds[kind]
  const problems = [...problemsOf(members, { ...shape, ...target }, required)]
  if (members['body'] !== undefined && statusesWithoutBody.includes(members['status'])) {
    problems.push('"body" must be absent with this status')
  }
  if (members['grantType'] !== undefined && (members['on'] ?? 'token') !== 'token') {
    problems.push('"grantType" goes with "on": "token" only')
  }
  if (problems.length > 0) throw new TypeError(`The fault "${kind}" is malformed: ${problems.join('; ')}.`)
  return { ...value } as unknown as Fault
}

function isKind(kind: unknown): kind is FaultKind {
  return typeof kind === 'string' && Object.hasOwn(kinds, kind)
}

function isHeaderValue(value: unknown): boolean {
  return typeof value === 'string' && headerValue.test(value)
}

function headersCheck(): MemberCheck {
  return value => {
    if (isObject(value) && Object.values(value).every(isHeaderValue)) {
      try {
        return void new Headers(value as Record<string, string>)
      } catch {
        // Falls through to the message.
      }
    }
    return 'must be an object of header names and values'
  }
}
