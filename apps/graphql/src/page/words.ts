/** Why an operation failed: what the library says, without the errors that it is wrapped in. */
export function operationFailure(error: unknown): string {
  const { code, message } = innermost(error) as { readonly code?: string; readonly message?: string }
  if (code === 'superseded') return 'Somebody else is signed in now.'
  if (code === 'reauthorization_required') return 'Nobody is signed in any more.'
  return `The operation failed: ${message ?? 'no answer came'}`
}

function innermost(error: unknown): object {
  const { networkError, cause } = Object(error) as { networkError?: unknown; cause?: unknown }
  const inner = networkError ?? cause
  return inner instanceof Error ? innermost(inner) : (Object(error) as object)
}
