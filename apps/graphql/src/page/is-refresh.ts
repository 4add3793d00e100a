/** Whether an event of the server's stream says that the session got a new access token without a new sign-in. */
export function isRefresh(event: unknown): boolean {
  const { type, rung } = Object(event) as { readonly type?: unknown; readonly rung?: unknown }
  return type === 'token-obtained' && rung !== 'sign-in'
}
