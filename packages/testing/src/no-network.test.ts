import { createServer } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import { describe, expect, test } from 'vitest'

// Set up for this file as for every other unit test: see vitest.config.ts.
const refusal = 'tried to reach the network'

describe('the network guard', () => {
  test('refuses fetch', async () => {
    await expect(fetch('http://127.0.0.1:1/')).rejects.toThrow(`${refusal} (http://127.0.0.1:1/)`)
    await expect(fetch(new Request('http://127.0.0.1:1/'))).rejects.toThrow(refusal)
  })

  test('refuses a socket', () => {
    expect(() => connect(1, '127.0.0.1')).toThrow(`${refusal} (a socket)`)
  })

  test('refuses a port, of whatever server', () => {
    expect(() => createServer().listen(0)).toThrow(`${refusal} (a port of its own)`)
    expect(() => createTcpServer().listen(0)).toThrow(`${refusal} (a port of its own)`)
  })
})
