import { createTRPCClient, httpBatchLink, httpBatchStreamLink } from '@trpc/client'
import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { baseUrl, createWorld, outlives } from './world.test-support.ts'

const { router: makeRouter, procedure } = initTRPC.create()
const router = makeRouter({
  vehicle: procedure.input(z.number()).query(({ input }) => ({ id: input })),
  rename: procedure.input(z.string()).mutation(({ input }) => ({ name: input })),
})
const api = (req: Request): Promise<Response> => fetchRequestHandler({ endpoint: '/v1/trpc', req, router })

test.each([
  ['httpBatchLink', httpBatchLink],
  ['httpBatchStreamLink', httpBatchStreamLink],
] as const)('tokens.fetch works with the %s of tRPC', async (_name, link) => {
  const world = createWorld(api)
  const client = createTRPCClient<typeof router>({
    links: [link({ url: `${baseUrl}trpc`, fetch: world.tokens.fetch as never })],
  })
  await outlives(world, async () => {
    const both = await Promise.all([client.vehicle.query(7), client.vehicle.query(8)])
    expect(both).toEqual([{ id: 7 }, { id: 8 }])
    expect(await client.rename.mutate('é')).toEqual({ name: 'é' })
  })
})
