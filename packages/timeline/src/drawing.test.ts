import { describe, expect, test } from 'vitest'
import { describeTimeline, recentLines } from './describe.ts'
import { drawTimeline } from './drawing.ts'
import { defineTokenTimeline, TokenTimeline } from './element.ts'
import { at, canaries, life, withCanaries } from './life.test-support.ts'
import { groupMarks, legendShapes } from './mark-shapes.ts'
import { markLooks } from './marks.ts'
import { createTimelineModel, reduceTimeline } from './model.ts'
import type { TimelineModel } from './model.ts'
import type { Shape } from './shape.ts'
import { placeOf, stretchLabels, viewAt } from './view.ts'

const modelOf = (inputs: readonly unknown[]): TimelineModel =>
  inputs.reduce<TimelineModel>(reduceTimeline, createTimelineModel())
const flat = (shapes: readonly Shape[]): Shape[] =>
  shapes.flatMap(shape => [shape, ...flat(shape.children ?? [])])

describe('the drawing', () => {
  test('shows all parts of a life that there were', () => {
    const view = viewAt(modelOf(life), at(700))
    expect(new Set(view.stretches.map(({ kind }) => kind))).toEqual(
      new Set(['safe', 'advisory', 'mandatory', 'rejected']),
    )
    expect(view.waits).toEqual([
      { kind: 'claim', from: at(331), to: at(348) },
      { kind: 'back-off', from: at(592), to: at(622) },
    ])
    expect(view.drain.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['safe', at(622), at(862)],
      ['advisory', at(862), at(892)],
      ['mandatory', at(892), at(922)],
    ])
  })

  test('shows at most the past that is kept, and begins with what is known', () => {
    const model = modelOf(life)
    expect(viewAt(model, at(700)).from).toBeCloseTo(at(-28), -3)
    expect(viewAt(model, at(3000)).from).toBeCloseTo(at(2064), -3)
  })

  test('stays within its width, at 1 pixel and at 2000', () => {
    const model = modelOf(life)
    for (const width of [1, 200, 280, 700, 2000]) {
      for (const seconds of [0, 100, 700, 950, 5000]) {
        const rects = flat(drawTimeline(viewAt(model, at(seconds)), width)).filter(
          ({ tag, attributes }) => tag === 'rect' && String(attributes?.['class']).startsWith('stretch'),
        )
        for (const { attributes } of rects) {
          const end = Number(attributes?.['x']) + Number(attributes?.['width'])
          expect(end).toBeLessThanOrEqual(width + 2)
          expect(Number(attributes?.['x'])).toBeGreaterThanOrEqual(0)
        }
      }
    }
  })

  test('joins marks that are too near to each other, and shows the worst', () => {
    const view = viewAt(modelOf(life), at(700))
    const groups = groupMarks(view.marks, instant => placeOf(instant, view) * 300)
    expect(groups.map(({ kind, sentences }) => [kind, sentences.length])).toEqual([
      ['granted', 1],
      ['refreshed', 1],
      ['rejected', 3],
      ['failed', 2],
    ])
  })

  test('calls no two things the same in its legend', () => {
    const labels = [...Object.values(stretchLabels), ...Object.values(markLooks).map(({ label }) => label)]
    expect(labels).toHaveLength(new Set(labels).size)
    const parts = Object.entries(stretchLabels)
    const shown = flat(legendShapes(viewAt(modelOf(life), at(700)).marks, parts)).flatMap(
      ({ text }) => text ?? [],
    )
    expect(shown).toContain('held but refused')
    expect(shown).toContain('refused by the API')
    expect(shown).toHaveLength(new Set(shown).size)
  })

  test('has no style attribute, no link and no script', () => {
    const shapes = flat(drawTimeline(viewAt(modelOf(life), at(700)), 700))
    const names = new Set(shapes.flatMap(({ attributes }) => Object.keys(attributes ?? {})))
    for (const name of ['style', 'href', 'onload', 'onclick']) expect(names).not.toContain(name)
    expect(shapes.some(({ tag }) => tag === 'script' || tag === 'foreignObject')).toBe(false)
  })

  test('and its text alternative hold nothing of unknown members', () => {
    const model = modelOf(withCanaries(life))
    const shown = [
      JSON.stringify(drawTimeline(viewAt(model, at(700)), 700)),
      describeTimeline(model, at(700)),
      ...recentLines(model, 50),
    ].join('\n')
    for (const canary of canaries) expect(shown).not.toContain(canary)
  })

  test('is told as text that names every mark', () => {
    const model = modelOf(life)
    expect(recentLines(model, 50)).toHaveLength(viewAt(model, at(700)).marks.length)
    expect(recentLines(model, 2, { timeZone: 'UTC' })[1]).toMatch(
      /^09:09:52 The refresh failed: https:\/\/auth/,
    )
  })
})

describe('on a server', () => {
  test('importing and defining the element does nothing', () => {
    expect(globalThis.customElements).toBeUndefined()
    expect(() => defineTokenTimeline()).not.toThrow()
    expect(typeof TokenTimeline).toBe('function')
  })
})
