import { ConfigurationError, NetworkError } from '@evergrant/core/source'
import { afterEach, expect, test, vi } from 'vitest'
import { logFaults } from './log-faults.ts'

afterEach(() => vi.restoreAllMocks())

test('what only the server can mend is printed, and what the client is told is not', () => {
  const print = vi.spyOn(console, 'error').mockReturnValue()
  logFaults(new ConfigurationError('The session cookie would be lost', ['Serve the page over https.']))
  const unexpected = new TypeError('boom')
  logFaults(unexpected)
  logFaults(new NetworkError('no answer', { code: 'network_timeout', wasSent: true }))
  expect(print.mock.calls.flat()).toEqual([
    'Evergrant: The session cookie would be lost: Serve the page over https.',
    unexpected,
  ])
})
