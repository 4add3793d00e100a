import { describe, expect, test, vi } from 'vitest'
import { at, canaries, event, life, withCanaries } from './life.test-support.ts'
import { createTimelineModel, reduceTimeline } from './model.ts'
import type { TimelineModel } from './model.ts'
import { widthOf } from './text-width.ts'
import { renderTimelineText } from './render-text.ts'

const modelOf = (inputs: readonly unknown[]): TimelineModel =>
  inputs.reduce<TimelineModel>(reduceTimeline, createTimelineModel())
const model = modelOf(life)
const render = (width: number, now = at(700)): string =>
  renderTimelineText(model, { now, width, timeZone: 'UTC' })
const widest = (text: string): number => Math.max(...text.split('\n').map(widthOf))

describe('the timeline as text', () => {
  test('fits 40 columns', () => {
    expect(render(40)).toMatchInlineSnapshot(`
      "trackunit-iris: Fresh, 3 min 42 s left
      life  [........==================~~~!!!]
             G       R  XA       F R
      past   ============w========-==|======~!
            08:59:32                  09:11:40
      Refreshed with the refresh token, which
      was replaced, while callers waited
      1.2 s, because the access token was
      about to expire; the next 4 min 59 s are
      safe.
      In 2 min 42 s it is due for a refresh in
      the background.
      2 refreshes, 1 grant, 1 token taken
      over, 1 wait for a claim, 1 refusal by
      the API, 1 failure
      = safe  ~ refresh in the background
      ! callers wait  x held but refused
      - back-off  w claim held elsewhere
      . over  | now  W waited for a claim
      A taken over  R refreshed  G granted
      X refused by the API  F failed"
    `)
  })

  test('fits 80 columns', () => {
    expect(render(80)).toMatchInlineSnapshot(`
      "trackunit-iris: Fresh, 3 min 42 s left
      life  [...................=======================================~~~~~~~!!!!!!!]
              G                  R     X A                 F  R
      past    ==========================w===================--======|============~~!!
            08:59:32                                            09:11:40      09:15:30
      Refreshed with the refresh token, which was replaced, while callers waited
      1.2 s, because the access token was about to expire; the next 4 min 59 s are
      safe.
      In 2 min 42 s it is due for a refresh in the background.
      2 refreshes, 1 grant, 1 token taken over, 1 wait for a claim, 1 refusal by the
      API, 1 failure
      = safe  ~ refresh in the background  ! callers wait  x held but refused
      - back-off  w claim held elsewhere  . over  | now  W waited for a claim
      A taken over  R refreshed  G granted  X refused by the API  F failed"
    `)
  })

  test('fits 120 columns', () => {
    expect(render(120)).toMatchInlineSnapshot(`
      "trackunit-iris: Fresh, 3 min 42 s left
      life  [.............................=============================================================~~~~~~~~~~~!!!!!!!!!!!]
               G                            R         X A                            F   R
      past     ========================================ww=============================---=========|===================~~~!!!!
            08:59:32                                                                          09:11:40                09:15:30
      Refreshed with the refresh token, which was replaced, while callers waited 1.2 s, because the access token was about to
      expire; the next 4 min 59 s are safe.
      In 2 min 42 s it is due for a refresh in the background.
      2 refreshes, 1 grant, 1 token taken over, 1 wait for a claim, 1 refusal by the API, 1 failure
      = safe  ~ refresh in the background  ! callers wait  x held but refused  - back-off  w claim held elsewhere  . over
      | now  W waited for a claim  A taken over  R refreshed  G granted  X refused by the API  F failed"
    `)
  })

  test('of a credential that was never used is short', () => {
    const text = renderTimelineText(createTimelineModel(), { now: at(0), width: 40, timeZone: 'UTC' })
    expect(text).toMatchInlineSnapshot(`
      "Not used yet
      past                                  |
            08:58:57                  09:00:00
      Nothing yet.
      | now"
    `)
  })

  test('is never wider than asked for, whatever the width and the moment', () => {
    const wide = modelOf([...life, event('warned', 650, { message: `漢字 ${'unbreakable-'.repeat(20)}` })])
    for (let width = 1; width <= 130; width += 1) {
      for (const seconds of [0, 250, 640, 700, 921, 2000]) {
        const text = renderTimelineText(wide, { now: at(seconds), width, timeZone: 'UTC' })
        expect(widest(text)).toBeLessThanOrEqual(width)
      }
    }
  })

  test.each([
    [Infinity, 1000],
    [1e9, 1000],
    [1000.9, 1000],
    [-Infinity, 1],
    [-5, 1],
    [0, 1],
    [Number.NaN, 80],
    [undefined as unknown as number, 80],
    ['40' as unknown as number, 80],
  ])('takes the width %s for %i', (width, columns) => {
    expect(render(width)).toBe(render(columns))
    expect(widest(render(width))).toBeLessThanOrEqual(columns)
    if (columns > 1) expect(widest(render(width))).toBeGreaterThan(columns - 10)
  })

  test.each([Number.NaN, Infinity, null as unknown as number])('takes Date.now for the instant %s', now => {
    const expected = render(40)
    const clock = vi.spyOn(Date, 'now').mockReturnValue(at(700))
    const text = render(40, now)
    clock.mockRestore()
    expect(text).toBe(expected)
  })

  test('is of no time zone that there is not', () => {
    const options = { now: at(0), width: 40, timeZone: 'Mars/Olympus' }
    expect(() => renderTimelineText(model, options)).toThrow(RangeError)
  })

  test('is plain unless colour is asked for, and says the same with it', () => {
    const escape = '\u001B'
    expect(render(80)).not.toContain(escape)
    const colored = renderTimelineText(model, { now: at(700), width: 80, timeZone: 'UTC', color: true })
    expect(colored).toContain(`${escape}[32m=${escape}[0m`)
    expect(
      colored
        .split(escape)
        .map(part => part.replace(/^\[\d+m/, ''))
        .join(''),
    ).toBe(render(80))
  })

  test('holds nothing of unknown members', () => {
    const text = renderTimelineText(modelOf(withCanaries(life)), { now: at(700), width: 80 })
    for (const canary of canaries) expect(text).not.toContain(canary)
  })

  test('lets no event write to the terminal', () => {
    const message = 'fine\u001B[2J\r\nowned\u202E'
    const text = renderTimelineText(modelOf([event('warned', 1, { message })]), { now: at(2), width: 80 })
    expect(text).toContain('fine [2J owned')
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
})
