import { expect, test } from 'vitest'
import { first, keysOf, mustWrite } from './store-bench.ts'
import type { StoreBench } from './store-bench.ts'

/** Names that file systems, patterns and objects trip over. Every one is another key. */
const oddKeys = [
  'a',
  'A',
  'a ',
  ' ',
  '.',
  '..',
  '../a',
  'a/b',
  String.raw`a\b`,
  'a:b',
  'a*b?[c]',
  '{a}',
  '{',
  '}a{',
  'a%2Fb',
  '%7Ba%7D',
  'CON',
  'con.json',
  '-rf',
  '__proto__',
  'constructor',
  'caf\u00e9',
  'cafe\u0301',
  '\u{1F69A}',
  'line\nbreak',
  "'; drop table tokens; --",
  '"quoted"',
  '$1',
  'k'.repeat(500),
  `${'k'.repeat(500)}x`,
  '\u{1F69A}'.repeat(100),
]

const oddPayloads = [
  '{}',
  '',
  ' { "a" : 1 }\n',
  '"\\u0000"',
  'caf\u00e9 \u{1F69A} \u2028',
  "it's \\ $1 :x ?",
  'x'.repeat(300_000),
]

/** Keys and payloads of every kind. */
export function testNames(createBench: () => Promise<StoreBench>): void {
  test('takes any text for a key, and mixes none of them up', async () => {
    const { store, another } = await createBench()
    for (const [index, key] of oddKeys.entries()) await mustWrite(store, key, `${index}`, first('write-1'))
    const other = await another()
    const found: (string | undefined)[] = []
    for (const key of oddKeys) found.push((await other.read(key))?.payload)
    expect(found).toEqual(oddKeys.map((_, index) => `${index}`))
    if (store.keys !== undefined) expect(await keysOf(store)).toEqual([...oddKeys].sort())
  })

  test('returns a payload as it was, letter by letter', async () => {
    const { store, another } = await createBench()
    const other = await another()
    for (const [index, payload] of oddPayloads.entries()) {
      await mustWrite(store, `key-${index}`, payload, first('write-1'))
      expect((await other.read(`key-${index}`))?.payload).toBe(payload)
    }
  })

  test('lists its keys, and not those that were removed', async ({ skip }) => {
    const { store, another } = await createBench()
    if (store.keys === undefined) return skip('This store lists no keys.')
    expect(await keysOf(store)).toEqual([])
    const names = Array.from({ length: 30 }, (_, index) => `key-${index}`).sort()
    for (const name of names) await mustWrite(store, name, 'x', first('write-1'))
    const etag = await mustWrite(store, 'removed', 'x', first('write-1'))
    await store.remove?.('removed', { ifMatch: etag })
    const expected = store.remove === undefined ? [...names, 'removed'] : names
    expect(await keysOf(await another())).toEqual(expected)
  })
}
