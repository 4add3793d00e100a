import { clientSecretPost, createTokenManager, clientCredentials, isStoreError } from '@evergrant/core'
import type { TokenManager, TokenStore } from '@evergrant/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBackends, storeNames } from '../backends.test-support.ts'
import type { Backends } from '../backends.test-support.ts'
import { connectStore } from '../connect-store.test-support.ts'
import type { ConnectedStore, StoreAddress } from '../connect-store.test-support.ts'
import { encryptedStore } from '../../encrypted-store.ts'

let backends: Backends
let places = 0

/** The record of a newer release, laid over the one that is there. */
async function change(store: TokenStore, members: object): Promise<string> {
  const stored = await store.read('service')
  const payload = JSON.stringify({ ...(JSON.parse(stored?.payload ?? '{}') as object), ...members })
  await store.write('service', payload, { ifMatch: stored?.etag ?? null, writeId: `newer-${++places}` })
  return payload
}

function manager(store: TokenStore, requests: string[] = []): TokenManager {
  const authorization = {
    provider: 'example',
    server: { tokenEndpoint: 'https://auth.example.test/token' },
    client: { clientId: 'fake-client', authentication: clientSecretPost('fake-secret') },
    grant: clientCredentials(),
    resource: { origins: [] },
  }
  const fetch: typeof globalThis.fetch = async () => {
    requests.push('token')
    return Response.json({ access_token: `fake-token-${++places}`, token_type: 'Bearer', expires_in: 3600 })
  }
  return createTokenManager(authorization, { store, key: 'service', fetch })
}

describe.skipIf(startBackends === undefined)('two releases that share a store', () => {
  beforeAll(async () => void (backends = await startBackends!()), 120_000)
  afterAll(() => backends.stop())

  const connect = (address: StoreAddress): Promise<ConnectedStore> => {
    const name = `releases${String.fromCodePoint(97 + (++places % 26))}`
    return connectStore(
      address.kind === 'file' ? { ...address, at: `${address.at}-${name}` } : { ...address, name },
    )
  }

  test.each(storeNames)(
    '%s: members that only the newer one knows survive what the older one writes',
    async name => {
      const { store, close } = await connect(backends.addresses[name])
      try {
        await using tokens = manager(store)
        const first = await tokens.getAccessToken()
        await change(store, { future: { of: 'a newer release' } })
        await tokens.signOut()
        await using other = manager(store)
        await other.signIn()
        expect(await other.getAccessToken()).not.toBe(first)
        await change(store, { later: [1] })
        const record = JSON.parse((await store.read('service'))?.payload ?? '') as Record<string, unknown>
        expect(record).toMatchObject({ later: [1] })
      } finally {
        await close()
      }
    },
  )

  test.each(storeNames)(
    '%s: a record of a newer schema is read by nobody older, and never written over',
    async name => {
      const { store, close } = await connect(backends.addresses[name])
      const sealed = encryptedStore(store, { keys: '0123456789abcdefghijklmnopqrstuvwxyz' })
      try {
        await using first = manager(sealed)
        await first.getAccessToken()
        const newer = await change(sealed, { schema: 2 })
        const requests: string[] = []
        const error: unknown = await manager(sealed, requests)
          .getAccessToken()
          .catch((reason: unknown) => reason)
        expect(isStoreError(error) && error.code).toBe('store_schema_unknown')
        expect(requests).toEqual([])
        expect((await sealed.read('service'))?.payload).toBe(newer)
      } finally {
        await close()
      }
    },
  )
})
