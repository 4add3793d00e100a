import { createClient } from '@supabase/supabase-js'
import { expect, test } from 'vitest'
import { baseUrl, createWorld } from './world.test-support.ts'

test('getAccessToken is the accessToken of Supabase', async () => {
  const world = createWorld(() => Response.json([{ id: 7 }]))
  const seen: (string | null)[] = []
  const send: typeof globalThis.fetch = async (input, init) => {
    const { headers } = new Request(input, init)
    seen.push(headers.get('authorization'))
    return world.isGood(headers.get('authorization'))
      ? Response.json([{ id: 7 }])
      : Response.json({ message: 'JWT expired' }, { status: 401 })
  }
  const supabase = createClient(new URL(baseUrl).origin, 'fake-publishable-key', {
    accessToken: () => world.tokens.getAccessToken(),
    global: { fetch: send },
  })
  for (const expected of [1, 2]) {
    const { data, error } = await supabase.from('vehicles').select()
    expect([data, error]).toEqual([[{ id: 7 }], null])
    expect(seen.at(-1)).toBe(`Bearer fake-token-${expected}`)
    await world.clock.advance(301_000)
  }
  await world.tokens.dispose()
})
