import { describe, expect, test } from 'vitest'
import { AnswerError, byAxios, byFetch } from './ask.ts'

const ways = [
  ['fetch', byFetch],
  ['axios', byAxios],
] as const

describe.each(ways)('by %s', (_, by) => {
  const signal = (): AbortSignal => new AbortController().signal

  test('the path goes to the fetch as it is, which alone knows where it leads', async () => {
    const asked: unknown[] = []
    const ask = by(async (input, init) => {
      asked.push([input, init?.method ?? 'GET', init?.credentials])
      return Response.json({ total: 2 })
    })
    expect(await ask('vehicles?size=4', signal())).toEqual({ total: 2 })
    expect(asked).toEqual([['vehicles?size=4', 'GET', undefined]])
  })

  test('an answer that is no success rejects with its status', async () => {
    const ask = by(async () => Response.json({}, { status: 503 }))
    await expect(ask('vehicles', signal())).rejects.toThrow(new AnswerError(503))
  })

  test('what the fetch rejects with comes through', async () => {
    const error = Object.assign(new Error('Nobody is signed in.'), { code: 'reauthorization_required' })
    await expect(by(() => Promise.reject(error))('vehicles', signal())).rejects.toBe(error)
  })

  test('an aborted question rejects', async () => {
    const controller = new AbortController()
    const ask = by(
      (_input, init) =>
        new Promise((_resolve, reject) =>
          init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
        ),
    )
    const answer = ask('vehicles', controller.signal)
    setTimeout(() => controller.abort(), 0)
    await expect(answer).rejects.toThrow()
  })
})
