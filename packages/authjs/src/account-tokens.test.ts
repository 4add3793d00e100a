import { describe, expect, test } from 'vitest'
import { tokensOfAccount } from './account-tokens.ts'

const now = Date.parse('2026-11-21T08:00:00.250Z')
const nowSeconds = Math.floor(now / 1000)

describe('the lifetime of an access token', () => {
  test.each<[string, object, number | undefined]>([
    ['seconds of the token response', { expires_in: 300 }, 300_000],
    ['seconds as text', { expires_in: '300' }, 300_000],
    ['an instant in seconds', { expires_at: nowSeconds + 300 }, 299_750],
    ['an instant in seconds as text', { expires_at: `${nowSeconds + 300}` }, 299_750],
    ['an instant that somebody wrote in milliseconds', { expires_at: now + 300_000 }, 300_000],
    ['an instant that is over', { expires_at: nowSeconds - 60 }, -60_250],
    ['the seconds rather than the instant', { expires_in: 60, expires_at: nowSeconds + 300 }, 60_000],
    ['zero seconds, which is no "unknown"', { expires_in: 0 }, 0],
    ['nothing', {}, undefined],
    ['nothing readable', { expires_in: 'soon', expires_at: Number.NaN }, undefined],
    ['an empty text', { expires_in: '' }, undefined],
    ['more seconds than a number holds as milliseconds', { expires_in: 1e306 }, 2_147_483_647_000],
    ['less than nothing', { expires_in: -1e306 }, -2_147_483_647_000],
  ])('is read from %s', (_, members, lifetimeMs) => {
    expect(tokensOfAccount({ access_token: 'fake', ...members }, now)?.lifetimeMs).toBe(lifetimeMs)
  })
})

describe('the tokens of an account', () => {
  test('are all that Keycloak sends', () => {
    const account = {
      access_token: 'fake-access',
      refresh_token: 'fake-refresh',
      refresh_expires_in: 1800,
      expires_in: 300,
      scope: 'openid',
      id_token: 'fake-id',
    }
    expect(tokensOfAccount(account, now)).toEqual({
      accessToken: 'fake-access',
      refreshToken: 'fake-refresh',
      refreshLifetimeMs: 1_800_000,
      lifetimeMs: 300_000,
      scope: 'openid',
    })
  })

  test.each([0, -1])('name no life of the refresh token where Keycloak says %d', refresh_expires_in => {
    const tokens = tokensOfAccount({ access_token: 'fake', refresh_expires_in }, now)
    expect(tokens?.refreshLifetimeMs).toBeUndefined()
  })

  test.each([{}, { access_token: '' }, { access_token: 7 }])('are none in %j', account => {
    expect(tokensOfAccount(account, now)).toBeUndefined()
  })
})
