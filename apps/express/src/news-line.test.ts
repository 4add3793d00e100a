import { beforeEach, expect, test, vi } from 'vitest'

/** What the page's module has; it is JavaScript for a browser. */
interface NewsLine {
  listens(): void
  cannotListen(): void
  tell(title: string, sentence: string): void
}

const path = new URL('public/news-line.js', import.meta.url).href
const { NewsLine } = (await import(path)) as { NewsLine: new (line: { textContent: string }) => NewsLine }

const line = { textContent: '' }
let news: NewsLine

beforeEach(() => {
  line.textContent = ''
  news = new NewsLine(line)
})

test('before the page listens it does not say that nothing has happened', () => {
  expect(line.textContent).toBe('Connecting to the events …')
})

test('it says since when it listens, also when the stream connects anew', () => {
  vi.useFakeTimers({ now: new Date(2027, 0, 5, 9, 8, 7) })
  news.listens()
  vi.setSystemTime(new Date(2027, 0, 5, 9, 30))
  news.listens()
  vi.useRealTimers()
  expect(line.textContent).toBe('Listening since 09:08:07; nothing has happened since then.')
})

test.each([[[]], [['listens']], [['listens', 'listens']]] as 'listens'[][][])(
  'what happened stays, after %j and before more of it',
  before => {
    for (const each of before) news[each]()
    news.tell('TRAVIS', 'Obtained with the grant.')
    news.listens()
    expect(line.textContent).toBe('TRAVIS: Obtained with the grant.')
  },
)

test('what nobody can put into words has happened nevertheless', () => {
  news.tell('TRAVIS', '')
  expect(line.textContent).toBe('TRAVIS: Something has happened. Its card shows what holds now.')
})

test('a browser that cannot listen is told what the page does instead', () => {
  news.cannotListen()
  expect(line.textContent).toMatch(/^This browser cannot share events between tabs/)
})
