/** Whether the request says that its body is a form. */
export function isForm(request: Request): boolean {
  const type = request.headers.get('content-type') ?? ''
  return type.split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded'
}

/** Reads the body as a form; a body of another type, or none, is an empty form. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  return new URLSearchParams(isForm(request) ? await request.text() : '')
}

/** Returns the first parameter that appears more than once, which RFC 6749 §3.2 forbids. */
export function duplicatedParameter(form: URLSearchParams): string | undefined {
  return [...form.keys()].find(name => form.getAll(name).length > 1)
}
