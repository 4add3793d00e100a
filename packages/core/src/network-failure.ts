import { NetworkError } from './errors/network-error.ts'
import { showEndpoint } from './redact.ts'

/**
 * Turns what `fetch` threw into a {@link NetworkError} that says what to look at. The original error is not kept as
 * the cause: its message may hold the URL, and with a GET token request the URL is the password.
 */
export function networkFailure(error: unknown, endpoint: string, isTimeout: boolean): NetworkError {
  const code = codeOf(error)
  const wasSent = !(code !== undefined && isUnsent(code))
  const [what, advice] = isTimeout ? timeout : describe(code)
  return new NetworkError(`No answer from ${endpoint}: ${what}. ${advice}`, {
    code: isTimeout ? 'network_timeout' : 'network_error',
    wasSent,
    cause: safeCause(error),
  })
}

/** What may be kept of a foreign error: its code or its name. Messages and members may hold URLs, arguments, secrets. */
export function safeCause(error: unknown): Error {
  const name =
    error instanceof Error && /^[A-Z]\w{0,40}Error$|^Error$/.test(error.name) ? error.name : 'unknown'
  return new Error(codeOf(error) ?? name)
}

/** The error for callers whose patience ends before the exchange does. */
export function lateAnswer(tokenEndpoint: string): NetworkError {
  const message = `No answer from ${showEndpoint(tokenEndpoint)} in time. Evergrant goes on waiting; try again.`
  return new NetworkError(message, { code: 'network_timeout', wasSent: true })
}

const timeout: readonly [string, string] = ['the time ran out', 'Evergrant will try again.']

function describe(code: string | undefined): readonly [string, string] {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return ['the host name does not resolve', 'Check the URL and the network.']
  }
  if (code === 'ECONNREFUSED')
    return ['the connection was refused', 'Check the port, and that the server runs.']
  if (code !== undefined && isCertificateProblem(code)) {
    return [
      `the TLS certificate was not accepted (${code})`,
      'Check the host name and the trusted certificates.',
    ]
  }
  return [
    code === undefined ? 'the connection failed' : `the connection failed (${code})`,
    'Evergrant will try again.',
  ]
}

// Codes of Node.js and undici for failures before a byte of the request left the machine.
const unsentCodes = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

function isUnsent(code: string): boolean {
  return unsentCodes.has(code) || isCertificateProblem(code) || isHandshakeProblem(code)
}

function isHandshakeProblem(code: string): boolean {
  return /^ERR_SSL_.*(WRONG_VERSION_NUMBER|HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)$/.test(
    code,
  )
}

function isCertificateProblem(code: string): boolean {
  return code.startsWith('ERR_TLS_') || /CERT|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code)
}

/** The system's error code, from the error, its cause, or the first of several attempts to connect. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 3) return undefined
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] }
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code
  return codeOf(cause, depth + 1) ?? codeOf(errors?.[0], depth + 1)
}
