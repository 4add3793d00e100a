import { QueryClient } from '@tanstack/query-core'
import { expect, test } from 'vitest'
import { createWorld, outlives } from './world.test-support.ts'

test('tokens.fetch works with the queries of TanStack Query, and hears when they are cancelled', async () => {
  const world = createWorld(() => Response.json({ id: 7 }))
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, gcTime: 0 } } })
  let number = 0
  const fetchVehicle = (): Promise<unknown> =>
    client.fetchQuery({
      queryKey: ['vehicles', number++],
      queryFn: async ({ signal }) => {
        const response = await world.tokens.fetch('vehicles/7', { signal })
        if (!response.ok) throw new Error(`The API answered ${response.status}.`)
        return response.json()
      },
    })
  await outlives(world, async () => expect(await fetchVehicle()).toEqual({ id: 7 }))
  const left = createWorld(() => Response.json({ id: 7 }))
  const query = client.fetchQuery({
    queryKey: ['left'],
    queryFn: async ({ signal }) => (await left.tokens.fetch('vehicles/7', { signal })).json(),
  })
  const rejected = expect(query).rejects.toThrow()
  await client.cancelQueries({ queryKey: ['left'] })
  await rejected
  expect(left.seen).toEqual([])
})
