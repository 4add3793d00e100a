import { describe, expect, it } from 'vitest'
import { emulatorWithTimers, post } from '../emulator.test-support.ts'
import type { Fault } from './fault.ts'
import { teapot } from './faults.test-support.ts'

describe('the journal', () => {
  it('notes the kinds of faults, and holds no secret', async () => {
    const { emulator, fire, waiting } = emulatorWithTimers()
    const faults: readonly Fault[] = [
      teapot,
      { kind: 'delay', ms: 1 },
      { kind: 'reset', when: 'before' },
      { kind: 'reset', when: 'after' },
      { kind: 'html' },
      { kind: 'truncated-json' },
      { kind: 'error-in-200' },
      { kind: 'empty' },
      { kind: 'redirect', to: 'same-origin' },
      { kind: 'redirect', to: 'foreign-origin' },
      { kind: 'slow-body' },
      { kind: 'endless-body' },
      { kind: 'gzip-bomb' },
    ]
    const canaries = { client_id: 'canary-1', client_secret: 'canary-2', refresh_token: 'canary-3' }
    for (const grantType of ['refresh_token', 'canary-0']) {
      for (const fault of faults) {
        for (const provider of [emulator.truphone, emulator.teamServer]) {
          provider.faults.add(fault)
          const { tokenEndpoint } = provider.endpoints()
          const form = { ...canaries, grant_type: grantType }
          const request = post(emulator, `${tokenEndpoint}?${new URLSearchParams(form)}`, form)
          const settled = request.catch(() => {})
          await fire()
          while (waiting().length > 0) await fire()
          await settled
        }
      }
    }
    const entries = emulator.journal.entries()
    const kinds = new Set(entries.flatMap(entry => entry.faults ?? []))
    expect([...kinds].sort()).toEqual([...new Set(faults.map(({ kind }) => kind))].sort())
    expect(JSON.stringify(entries)).not.toContain('canary')
  })
})
