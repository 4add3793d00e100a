import { describeTokenStore } from '../token-store-suite.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { BrokenStore, faults } from './broken-stores.test-support.ts'

// Run by describe-token-store.e2e.test.ts, which expects every store but the first to fail.
for (const fault of [undefined, ...faults]) {
  describeTokenStore(fault ?? 'no fault', () => {
    const clock = new VirtualClock()
    return { store: new BrokenStore(fault, clock.monotonic), pass: ms => clock.advance(ms) }
  })
}
