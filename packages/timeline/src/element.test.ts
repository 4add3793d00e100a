import { describe, expect, test } from 'vitest'
import { TokenTimeline } from './element.ts'
import { event, life } from './life.test-support.ts'

/** What a framework or plain JavaScript sets, whatever the types say. */
const set = (element: TokenTimeline, name: keyof TokenTimeline, value: unknown): void =>
  void Reflect.set(element, name, value)

const fed = (): TokenTimeline => {
  const element = new TokenTimeline()
  element.push(...life)
  return element
}

describe('the element', () => {
  test.each([undefined, null, 7, {}, 'events'])('begins anew with the events %j', value => {
    const element = fed()
    set(element, 'events', value)
    expect(element.events).toEqual([])
    element.push(...life)
    expect(element.events).toHaveLength(life.length)
  })

  test.each([undefined, null, 7, 'options', { historyMs: null, maxEvents: '7', key: null }])(
    'takes the options %j for none',
    value => {
      const element = fed()
      set(element, 'options', value)
      expect(element.model).toMatchObject({ historyMs: 900_000, maxEvents: 500, key: undefined, events: [] })
      element.events = life
      expect(element.events).toHaveLength(life.length)
      expect(element.options).toEqual(value ?? {})
    },
  )

  test.each([undefined, null, 7])('takes Date.now for the clock %j', value => {
    const element = fed()
    element.now = () => 5
    set(element, 'now', value)
    expect(element.now).toBe(Date.now)
  })

  test.each([undefined, null, 7, []])('is left as it is by the explanation %j', value => {
    const element = fed()
    const before = element.model
    set(element, 'explanation', value)
    expect(element.model).toBe(before)
  })

  test('takes more events than a call has room for arguments, as an array', () => {
    const element = new TokenTimeline()
    const many = Array.from({ length: 130_000 }, () => event('token-rejected', 1, {}))
    element.push(many, event('signed-in', 2))
    expect(element.model.counts.rejections).toBe(130_000)
    expect(element.events).toHaveLength(500)
    expect(element.events.at(-1)).toMatchObject({ type: 'signed-in' })
  })
})
