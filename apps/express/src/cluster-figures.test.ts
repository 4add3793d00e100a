import { describe, expect, test } from 'vitest'

interface Counts {
  readonly obtained: number
  readonly adopted: number
}

interface Figures {
  readonly figuresOf: (
    processes: readonly (Counts & { readonly end?: string })[],
    credentials: readonly {
      readonly shared?: { readonly processes: readonly Counts[]; readonly requests?: object } | undefined
    }[],
  ) => Record<string, { label: string; value: string }>
}

// A path in a variable: it is JavaScript for a browser, and not compiled with the gateway.
const path = new URL('public/cluster-figures.js', import.meta.url).href
const { figuresOf } = (await import(path)) as Figures

const both = [
  { obtained: 7, adopted: 3 },
  { obtained: 3, adopted: 7 },
]

function valuesOf(...given: Parameters<Figures['figuresOf']>): Record<string, string> {
  return Object.fromEntries(Object.entries(figuresOf(...given)).map(([name, { value }]) => [name, value]))
}

describe('the figures of several processes', () => {
  test('are what the processes and the emulator counted', () => {
    const shared = { processes: both, requests: { sent: 10, failed: 0 } }
    const expected = { running: '2', obtained: '10', adopted: '10', sent: '10', share: '1' }
    expect(valuesOf(both, [{ shared }])).toEqual(expected)
  })

  test.each([
    [20, 0, '2'],
    [13, 3, '1.3'],
    [11, 0, '1.1'],
    [105, 0, '10.5'],
  ])('%i requests, %i of them failed, for ten access tokens are %s for each', (sent, failed, share) => {
    const figures = figuresOf(both, [{ shared: { processes: both, requests: { sent, failed } } }])
    expect(figures['share']?.value).toBe(share)
    expect(figures['sent']?.label).toBe(
      `Token requests at the emulator${failed === 0 ? '' : `, ${failed} without success`}`,
    )
  })

  test('say how many of the processes are left', () => {
    expect(valuesOf([...both, { obtained: 0, adopted: 0, end: 'SIGKILL' }], [])['running']).toBe('2 of 3')
  })

  test('before the first access token there is no share', () => {
    const none = [{ obtained: 0, adopted: 0 }]
    const shared = { processes: none, requests: { sent: 1, failed: 1 } }
    expect(valuesOf(none, [{ shared }])['share']).toBe('–')
  })

  test('leave out what nobody counts at real providers, and their tokens from the share', () => {
    const real = { shared: { processes: both } }
    expect(Object.keys(figuresOf(both, [real]))).toEqual(['running', 'obtained', 'adopted'])
    const emulated = {
      shared: { processes: [{ obtained: 4, adopted: 4 }], requests: { sent: 4, failed: 0 } },
    }
    expect(valuesOf(both, [real, emulated])).toMatchObject({ obtained: '10', sent: '4', share: '1' })
  })
})
