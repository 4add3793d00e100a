import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** What the page's module has; it is JavaScript for a browser. */
interface TokenStreams {
  open(session?: string): void
  close(): void
  follow(session: string | undefined): void
  latest(): unknown[]
}

type Tell = (message: object) => void

class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  readonly url: string
  readyState = 1

  constructor(url: string) {
    super()
    this.url = url
    sources.push(this)
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED
  }

  says(message: object): void {
    this.dispatchEvent(new MessageEvent('token', { data: JSON.stringify(message) }))
  }

  fails(): void {
    this.close()
    this.dispatchEvent(new Event('error'))
  }
}

const path = new URL('public/token-streams.js', import.meta.url).href
const { TokenStreams } = (await import(path)) as {
  TokenStreams: new (tell: Tell, onEnded: () => void) => TokenStreams
}

let sources: FakeEventSource[]
let told: object[]
let ends: number
let streams: TokenStreams

const openUrls = (): string[] => sources.filter(({ readyState }) => readyState === 1).map(({ url }) => url)

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeEventSource)
  sources = []
  told = []
  ends = 0
  streams = new TokenStreams(
    message => void told.push(message),
    () => void (ends += 1),
  )
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('the gateway’s own stream is opened anew a while after it was refused', () => {
  streams.open()
  sources[0]?.fails()
  expect(openUrls()).toEqual([])
  vi.advanceTimersByTime(5000)
  expect(openUrls()).toEqual(['api/events'])
})

test('a tab that was hidden and is back holds one stream, also if the one before it was refused', () => {
  streams.open()
  sources[0]?.fails()
  streams.close()
  streams.open()
  vi.advanceTimersByTime(5000)
  expect(openUrls()).toEqual(['api/events'])
})

test('a tab that is hidden opens nothing', () => {
  streams.open()
  sources[0]?.fails()
  streams.close()
  vi.advanceTimersByTime(5000)
  streams.follow('anna-1')
  expect(openUrls()).toEqual([])
})

test('a customer’s messages name the sign-in, and go with it', () => {
  streams.open('anna-1')
  sources[0]?.says({ name: 'iris', explanation: {} })
  sources[1]?.says({ name: 'customer', event: {}, explanation: {} })
  expect(told).toEqual([
    { name: 'iris', explanation: {} },
    { name: 'customer', event: {}, explanation: {}, session: 'anna-1' },
  ])
  expect(streams.latest()).toHaveLength(2)
  streams.follow(undefined)
  expect(streams.latest()).toEqual([{ name: 'iris', explanation: {} }])
  expect(openUrls()).toEqual(['api/events'])
})

test('the end of the customer’s stream is told once, and that of an earlier customer’s not at all', () => {
  streams.open('anna-1')
  const [, annas] = sources
  streams.follow('ben-1')
  annas?.fails()
  expect(ends).toBe(0)
  sources.at(-1)?.fails()
  expect(ends).toBe(1)
})
