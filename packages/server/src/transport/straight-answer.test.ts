import { expect, test } from 'vitest'
import { offerStraight, straightOf } from './straight-answer.ts'

test('a handler that offers a straight way stays what it is, and others have none', async () => {
  const handler = async (): Promise<Response> => new Response('whole')
  const answer = { status: 200, lines: ['content-type', 'text/plain'], message: null }
  expect(offerStraight(handler, async () => answer)).toBe(handler)
  expect(await straightOf(handler)?.(new Request('https://app.example.com'))).toBe(answer)
  expect(straightOf(async () => new Response())).toBeUndefined()
})
