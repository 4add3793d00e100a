import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { expect, test } from 'vitest'
import { TokenRequestTally } from './token-request-tally.ts'

type Client = Emulator['travis']['credentials']['serviceAccount']

function askTruphone(emulator: Emulator): Promise<Response> {
  return ask(
    emulator,
    emulator.truphone.endpoints('http://emulator.test').tokenEndpoint,
    emulator.truphone.credentials,
  )
}

function ask(emulator: Emulator, endpoint: string, { clientId, clientSecret }: Client): Promise<Response> {
  const headers = { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` }
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  return emulator.fetch(endpoint, { method: 'POST', headers, body })
}

test('token requests are counted, and those without success among them', async () => {
  const emulator = createEmulator()
  const tally = new TokenRequestTally(emulator)
  expect(tally.counts().truphone).toEqual({ sent: 0, failed: 0 })
  expect((await askTruphone(emulator)).status).toBe(200)
  emulator.truphone.faults.add({ kind: 'status', status: 503, on: 'token', times: 1 })
  await askTruphone(emulator)
  const expected = { sent: 2, failed: 1 }
  expect(tally.counts().truphone).toEqual(expected)
  expect(tally.counts().truphone).toEqual(expected)
  expect(tally.counts().iris).toEqual({ sent: 0, failed: 0 })
})

test('requests of an API and of customers are not counted', async () => {
  const emulator = createEmulator()
  const tally = new TokenRequestTally(emulator)
  const { tokenEndpoint, apiUrl } = emulator.travis.endpoints('http://emulator.test')
  await emulator.fetch(`${apiUrl}vehicles`)
  const { username, password } = emulator.travis.credentials.customers[0]
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: 'fake-travis-portal',
    username,
    password,
  })
  await emulator.fetch(tokenEndpoint, { method: 'POST', body })
  await ask(emulator, tokenEndpoint, emulator.travis.credentials.serviceAccount)
  expect(emulator.journal.count({ provider: 'travis', kind: 'token' })).toBe(2)
  expect(tally.counts().travis).toEqual({ sent: 1, failed: 0 })
})

test('what the journal has forgotten stays counted', async () => {
  const emulator = createEmulator()
  const tally = new TokenRequestTally(emulator)
  await askTruphone(emulator)
  expect(tally.counts().truphone?.sent).toBe(1)
  emulator.journal.clear()
  expect(tally.counts().truphone?.sent).toBe(1)
  await askTruphone(emulator)
  expect(tally.counts().truphone?.sent).toBe(2)
})
