import type { AuthSettings } from './auth-config.ts'

/** Where the guide's callback refreshes, and as whom. */
export interface GuideOptions {
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
}

/**
 * What the guide of Auth.js tells its readers to write, step by step, in words of ours: tokens into the JWT at the sign-in,
 * the token as it is before its end, one request after it, `RefreshTokenError` if that fails.
 * @see https://authjs.dev/guides/refresh-token-rotation
 */
export function guideCallbacks(options: GuideOptions): NonNullable<AuthSettings['callbacks']> {
  const { tokenEndpoint, clientId, clientSecret } = options
  return {
    async jwt({ token, account }) {
      if (account) {
        const { access_token, expires_at, refresh_token } = account
        return { ...token, access_token, expires_at, refresh_token }
      }
      if (Date.now() < Number(token['expires_at']) * 1000) return token
      try {
        const answer = await fetch(tokenEndpoint, {
          method: 'POST',
          body: new URLSearchParams({
            client_id: clientId,
            client_secret: clientSecret,
            grant_type: 'refresh_token',
            refresh_token: String(token['refresh_token']),
          }),
        })
        const fresh = (await answer.json()) as Record<string, unknown>
        if (!answer.ok) throw new Error('The refresh failed.')
        return {
          ...token,
          access_token: fresh['access_token'],
          expires_at: Math.floor(Date.now() / 1000) + Number(fresh['expires_in']),
          refresh_token: fresh['refresh_token'] ?? token['refresh_token'],
        }
      } catch {
        return { ...token, error: 'RefreshTokenError' }
      }
    },
    session({ session, token }) {
      return token['error'] === undefined ? session : { ...session, error: token['error'] }
    },
  }
}
