import { expect, test } from 'vitest'
import type { Bench } from './bench.ts'
import { bodies, isStream, marker } from './bodies.ts'
import type { BodyKind } from './bodies.ts'
import type { DescribedClient } from './client-under-test.ts'
import type { TokensUnderTest } from './core-under-test.ts'

const ofFetch: readonly BodyKind[] = ['text', 'bytes', 'params', 'form', 'blob', 'web-stream']

// Each attempt may choose a boundary of its own.
const withoutBoundary = (received: {
  readonly body: string
  readonly headers: NodeJS.Dict<unknown>
}): string => {
  const type = String(received.headers['content-type'])
  const boundary = /boundary=([^;]*)/.exec(type)?.[1] ?? 'no boundary'
  return `${type}\n${received.body}`.replaceAll(boundary, 'boundary')
}

/** What is sent after a 401 is what was sent before it. */
export function testBodies<Source extends TokensUnderTest>(
  createBench: () => Promise<Bench<Source>>,
  { bodies: kinds = ofFetch }: DescribedClient<Source>,
): void {
  test.each(kinds.filter(kind => !isStream(kind)))(
    'C37 sends a body of %s again, byte by byte',
    async kind => {
      const { api, send, refuseCurrentToken } = await createBench()
      await refuseCurrentToken()
      expect((await send('things', { body: bodies[kind]() })).status).toBe(200)
      const [first, second] = api.received.map(withoutBoundary)
      expect(api.received).toHaveLength(2)
      expect(second).toBe(first)
      expect(first).toContain(marker)
    },
  )

  test.each(kinds.filter(isStream))('C37 sends a %s once, and its refusal ends the call', async kind => {
    const { api, tokenServer, send, refuseCurrentToken } = await createBench()
    await refuseCurrentToken()
    const answer = await send('things', { body: bodies[kind]() })
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('refused')])
    expect(api.received.map(({ body }) => body)).toEqual([marker])
    // Whoever comes next gets a new token: the refusal was noted.
    expect((await send('things')).status).toBe(200)
    expect(tokenServer.requests).toBe(2)
  })
}
