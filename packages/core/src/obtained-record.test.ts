import { describe, expect, test } from 'vitest'
import { VirtualClock } from '@evergrant/testing'
import { clientSecretPost, createUserTokens, memoryStore } from './index.ts'
import type { Authorization } from './index.ts'
import { recordOf } from './obtained-record.ts'
import { writeStored } from './store-access.ts'
import { serializeRecord } from './token-record.ts'

const authorization: Authorization<never> = {
  provider: 'example',
  server: { tokenEndpoint: 'https://sso.example/token', issuer: 'https://sso.example' },
  client: { clientId: 'fake-client', authentication: clientSecretPost('fake-client-secret') },
  resource: { origins: [] },
}

describe('the record of tokens that another library obtained', () => {
  test('is used by a manager until it is due, and then its refresh token', async () => {
    const clock = new VirtualClock()
    const store = memoryStore({ clock })
    const forms: string[] = []
    const users = createUserTokens(authorization, {
      store,
      clock,
      fetch: async (_, init) => {
        forms.push(await new Request('https://sso.example/token', { ...init, method: 'POST' }).text())
        return Response.json({ access_token: 'fake-second', token_type: 'Bearer', expires_in: 300 })
      },
    })
    const manager = users.for('anna')
    const tokens = { accessToken: 'fake-first', lifetimeMs: 300_000, refreshToken: 'fake-refresh' }
    const record = await recordOf(authorization, tokens)
    const place = { store, clock, key: manager.key, timeoutMs: 1000 }
    await writeStored(place, serializeRecord(record), { ifMatch: null, writeId: 'fake-write' })
    expect(await manager.getAccessToken()).toBe('fake-first')
    await clock.advance(301_000)
    expect(await manager.getAccessToken()).toBe('fake-second')
    expect(forms).toHaveLength(1)
    expect(new URLSearchParams(forms[0]).get('refresh_token')).toBe('fake-refresh')
  })

  test('holds no refresh token where none came', async () => {
    const record = await recordOf(authorization, { accessToken: 'fake-first', refreshToken: '' })
    expect(record.refresh).toBeUndefined()
    expect(record.access['']).toEqual({ token: 'fake-first', type: 'Bearer' })
  })

  test('needs an access token', async () => {
    await expect(recordOf(authorization, { accessToken: '' })).rejects.toMatchObject({
      name: 'ConfigurationError',
    })
  })
})
