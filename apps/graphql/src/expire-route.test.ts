import type { Request, Response } from 'express'
import { expect, test } from 'vitest'
import { expireRoute } from './expire-route.ts'

const now = Date.UTC(2030, 0, 1)
const accessTokenMs = 30_000

async function ask(remainingMs: number): Promise<{ readonly status: number; readonly revoked: string[] }> {
  const revoked: string[] = []
  const token = { accessToken: 'fake-token', tokenType: 'Bearer', hasRefreshToken: true } as const
  const route = expireRoute({
    sessionOf: () => ({ getTokenSet: async () => ({ ...token, expiresAt: now + remainingMs }) }),
    revoke: async accessToken => void revoked.push(accessToken),
    accessTokenMs,
    now: () => now,
  })
  let status = 0
  const response = {
    status: (given: number) => {
      status = given
      return response
    },
    json: () => response,
    end: () => response,
  }
  await route({} as Request, response as unknown as Response, () => undefined)
  return { status, revoked }
}

test('ends the access token of the session', async () => {
  expect(await ask(23_000)).toEqual({ status: 204, revoked: ['fake-token'] })
})

test('leaves a token alone that was just issued: nobody would replace it over a refusal', async () => {
  expect(await ask(25_000)).toEqual({ status: 409, revoked: [] })
})
