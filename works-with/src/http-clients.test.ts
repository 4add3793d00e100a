import ky from 'ky'
import { createFetch } from 'ofetch'
import createClient from 'openapi-fetch'
import { describe, expect, test } from 'vitest'
import { baseUrl, createWorld, outlives } from './world.test-support.ts'

const record = { id: 7, name: 'Vehicle' }

/** Reads what it is sent, so that a body that was lost on the way is found out. */
async function api(request: Request): Promise<Response> {
  if (request.method === 'GET') return Response.json(record)
  const sent: unknown = await request.json()
  return Response.json({ ...record, sent })
}

interface Paths {
  '/vehicles/{id}': {
    get: {
      parameters: { path: { id: number } }
      responses: { 200: { content: { 'application/json': typeof record } } }
    }
    put: {
      parameters: { path: { id: number } }
      requestBody: { content: { 'application/json': { name: string } } }
      responses: { 200: { content: { 'application/json': typeof record & { sent: unknown } } } }
    }
  }
}

describe('tokens.fetch works with', () => {
  test('ky', async () => {
    const world = createWorld(api)
    const client = ky.create({ fetch: world.tokens.fetch, prefix: baseUrl, retry: 0 })
    await outlives(world, async () => {
      expect(await client.get('vehicles/7').json()).toEqual(record)
      expect(await client.put('vehicles/7', { json: { name: 'é' } }).json()).toMatchObject({
        sent: { name: 'é' },
      })
    })
  })

  test('ofetch', async () => {
    const world = createWorld(api)
    const client = createFetch({ fetch: world.tokens.fetch, defaults: { baseURL: baseUrl, retry: 0 } })
    await outlives(world, async () => {
      expect(await client('vehicles/7')).toEqual(record)
      expect(await client('vehicles/7', { method: 'PUT', body: { name: 'é' } })).toMatchObject({
        sent: { name: 'é' },
      })
    })
  })

  test('openapi-fetch', async () => {
    const world = createWorld(api)
    const client = createClient<Paths>({ baseUrl, fetch: world.tokens.fetch })
    const params = { path: { id: 7 } }
    await outlives(world, async () => {
      expect((await client.GET('/vehicles/{id}', { params })).data).toEqual(record)
      const put = await client.PUT('/vehicles/{id}', { params, body: { name: 'é' } })
      expect(put.data?.sent).toEqual({ name: 'é' })
    })
  })
})
