import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LiveEvents, queryOf } from './live-events.ts'

class FakeSource extends EventTarget {
  static opened: FakeSource[] = []
  readonly url: string
  isClosed = false

  constructor(url: string) {
    super()
    this.url = url
    FakeSource.opened.push(this)
  }

  close(): void {
    this.isClosed = true
  }

  send(message: object): void {
    this.dispatchEvent(new MessageEvent('token', { data: JSON.stringify(message) }))
  }
}

const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })

function show(visibilityState: 'visible' | 'hidden'): void {
  page.visibilityState = visibilityState
  page.dispatchEvent(new Event('visibilitychange'))
}

test.each([
  [{ proxy: undefined, mediated: undefined }, ''],
  [{ proxy: undefined, mediated: 'a' }, 'mediated=a'],
  [{ proxy: 'b c', mediated: 'a' }, 'proxy=b+c&mediated=a'],
])('the stream is asked for the sign-ins of %o', (ids, query) => {
  expect(queryOf(ids)).toBe(query)
})

describe('live events', () => {
  beforeEach(() => {
    page.visibilityState = 'visible'
    FakeSource.opened = []
    vi.stubGlobal('document', page)
    vi.stubGlobal('EventSource', FakeSource)
  })

  afterEach(() => void vi.unstubAllGlobals())

  test('go to the listeners of their session, until these leave', () => {
    const live = new LiveEvents<'one' | 'other'>()
    const heard: unknown[] = []
    const leave = live.subscribe('one', ({ explanation }) => void heard.push(explanation))
    live.subscribe('other', () => void heard.push('of the other'))
    const end = live.listen({ one: 'a', other: undefined })
    const [source] = FakeSource.opened
    expect(source?.url).toBe('/api/events?one=a')
    source?.send({ name: 'one', explanation: 1 })
    source?.send({ name: 'unknown', explanation: 2 })
    leave()
    source?.send({ name: 'one', explanation: 3 })
    expect(heard).toEqual([1])
    end()
    expect(source?.isClosed).toBe(true)
  })

  test('take no connection where nobody is signed in, nor while the page is hidden', () => {
    const live = new LiveEvents<'one'>()
    live.listen({ one: undefined })()
    expect(FakeSource.opened).toEqual([])
    const end = live.listen({ one: 'a' })
    show('hidden')
    expect(FakeSource.opened.map(({ isClosed }) => isClosed)).toEqual([true])
    show('visible')
    expect(FakeSource.opened.map(({ isClosed }) => isClosed)).toEqual([true, false])
    end()
    show('hidden')
    show('visible')
    expect(FakeSource.opened.map(({ isClosed }) => isClosed)).toEqual([true, true])
  })
})
