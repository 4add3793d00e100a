/** A control request that is refused, and why. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** @throws {ControlError} the method is none of these */
export function allow(request: Request, ...methods: readonly string[]): void {
  if (!methods.includes(request.method)) {
    throw new ControlError(405, `Use ${methods.join(' or ')}, not ${request.method}.`)
  }
}

/**
 * Reads the body of a POST. A web page can send a form or plain text to any origin, but not JSON: demanding it
 * keeps other sites from driving the emulator.
 * @throws {ControlError} the method, the content type or the body is none that is accepted
 */
export async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  allow(request, 'POST')
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new ControlError(415, 'Send content-type: application/json.')
  let body: unknown
  try {
    body = await request.json()
  } catch {
    throw new ControlError(400, 'The body is no JSON.')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ControlError(400, 'The body must be a JSON object.')
  }
  return { ...body }
}

/**
 * Makes a change.
 * @throws {ControlError} the emulator refuses its arguments
 */
export function answerChange(action: () => void): void {
  try {
    action()
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new ControlError(400, error.message)
    throw error
  }
}
