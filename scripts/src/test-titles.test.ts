import { describe, expect, test } from 'vitest'
import { codesInUse, codesOf, explainedCodes } from './test-titles.ts'

describe('the codes of test titles', () => {
  test('are found at the beginning of a title, several of them and in tables too', () => {
    const file = [
      "test('C3 F25 shows nothing of C86', () => undefined)",
      "test.each([['F31 a body', 1], [`C7 a deadline`, 2]])('%s', () => undefined)",
      "const url = 'https://example.com/C1'",
    ].join('\n')
    expect(codesOf(file)).toEqual(['C3', 'F25', 'F31', 'C7'])
  })

  test('are explained in docs/checklist.md', () => {
    const explained = new Set(explainedCodes())
    const unexplained = [...codesInUse()]
      .filter(([code]) => !explained.has(code))
      .map(([code, files]) => `${code}, used by ${[...files].join(' and ')}`)
    expect(unexplained).toEqual([])
  })

  test('are explained once', () => {
    const explained = explainedCodes()
    expect(explained).toEqual([...new Set(explained)])
    expect(codesInUse().size).toBeGreaterThan(0)
  })
})
