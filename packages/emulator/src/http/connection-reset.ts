/** A connection that broke before an answer came. It looks as undici's `fetch` shows it. */
export class ConnectionReset extends TypeError {
  constructor() {
    const cause = Object.assign(new Error('read ECONNRESET'), {
      code: 'ECONNRESET',
      errno: -104,
      syscall: 'read',
    })
    super('fetch failed', { cause })
  }
}
