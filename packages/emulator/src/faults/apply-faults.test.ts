import { describe, expect, it, vi } from 'vitest'
import { createEmulator } from '../emulator.ts'
import {
  emulatorWithTimers,
  frozenEmulator,
  readObject,
  truphoneSession,
  withBearer,
} from '../emulator.test-support.ts'
import { ask, teapot } from './faults.test-support.ts'

describe('a fault', () => {
  it('of status answers with body and headers, and Retry-After in both forms', async () => {
    const emulator = frozenEmulator()
    const { faults } = emulator.truphone
    const date = new Date(emulator.now() + 30_000).toUTCString()
    faults.add({
      kind: 'status',
      status: 429,
      headers: { 'Retry-After': '30' },
      body: { error: 'slow_down' },
    })
    faults.add({ kind: 'status', status: 503, headers: { 'retry-after': date }, body: 'Down' })
    faults.add({ kind: 'status', status: 500, headers: { 'content-type': 'text/html' }, body: '<p>' })
    faults.add({ kind: 'status', status: 204 })
    const [limited, down, html, empty] = [
      await ask(emulator),
      await ask(emulator),
      await ask(emulator),
      await ask(emulator),
    ]
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '30'])
    expect(limited.headers.get('content-type')).toBe('application/json')
    expect(await readObject(limited)).toEqual({ error: 'slow_down' })
    expect([down.status, down.headers.get('retry-after'), await down.text()]).toEqual([503, date, 'Down'])
    expect(down.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(html.headers.get('content-type')).toBe('text/html')
    expect([empty.status, await empty.text()]).toEqual([204, ''])
  })

  it('of delay lets the server act afterwards, and combines with the next fault', async () => {
    const { emulator, waiting, fire } = emulatorWithTimers()
    emulator.truphone.faults.add({ kind: 'delay', ms: 5_000, times: 2 })
    emulator.truphone.faults.add(teapot)
    const slow = ask(emulator)
    await fire()
    expect(waiting()).toEqual([5_000])
    await fire()
    expect((await slow).status).toBe(418)
    expect(emulator.journal.entries()[0]?.faults).toEqual(['delay', 'status'])
    const abort = new AbortController()
    const given = ask(emulator, { signal: abort.signal })
    await new Promise(resolve => setImmediate(resolve))
    expect(waiting()).toEqual([5_000])
    abort.abort()
    await expect(given).rejects.toThrow('aborted')
    expect(emulator.journal.count()).toBe(1)
    await fire()
    await vi.waitFor(() => expect(emulator.journal.count()).toBe(2))
    expect(emulator.journal.entries()[1]).toMatchObject({ status: 200, faults: ['delay'] })
  })

  it('of delay waits with setTimeout by default', async () => {
    const emulator = createEmulator()
    emulator.truphone.faults.add({ kind: 'delay', ms: 1 })
    expect((await ask(emulator)).status).toBe(200)
  })

  it('of reset rejects as fetch does, before the server acted', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.configure({ rotation: 'on' })
    const { refreshToken, refresh } = await truphoneSession(emulator)
    emulator.truphone.faults.add({ kind: 'reset', when: 'before' })
    const error: unknown = await refresh(refreshToken).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
    expect((await refresh(refreshToken)).status).toBe(200)
    const [, broken] = emulator.journal.entries()
    expect(broken).toMatchObject({ kind: 'token', grantType: 'refresh_token', status: 0, faults: ['reset'] })
  })

  it('of reset after the server acted loses the rotated token', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.configure({ rotation: 'on' })
    const { refreshToken, refresh } = await truphoneSession(emulator)
    emulator.truphone.faults.add({ kind: 'reset', when: 'after' })
    await expect(refresh(refreshToken)).rejects.toThrow('fetch failed')
    expect((await refresh(refreshToken)).status).toBe(400)
  })

  it.each(['html', 'truncated-json', 'empty', 'slow-body'] as const)(
    'of kind %s comes after the server acted',
    async kind => {
      const emulator = frozenEmulator()
      emulator.truphone.configure({ rotation: 'on' })
      const { refreshToken, refresh } = await truphoneSession(emulator)
      emulator.truphone.faults.add({ kind })
      expect((await refresh(refreshToken)).status).toBe(200)
      expect((await refresh(refreshToken)).status).toBe(400)
    },
  )

  it.each(['error-in-200', 'endless-body', 'gzip-bomb', 'redirect', 'status'] as const)(
    'of kind %s comes before the server acted',
    async kind => {
      const emulator = frozenEmulator()
      emulator.truphone.configure({ rotation: 'on' })
      const { refreshToken, refresh } = await truphoneSession(emulator)
      if (kind === 'redirect') emulator.truphone.faults.add({ kind, to: 'foreign-origin' })
      else emulator.truphone.faults.add(kind === 'status' ? teapot : { kind })
      await refresh(refreshToken)
      expect((await refresh(refreshToken)).status).toBe(200)
    },
  )

  it('of kind html is a web page with 200', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'html' })
    const response = await ask(emulator)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await response.text()).toMatch(/^<!doctype html>/)
  })

  it('of kind truncated-json breaks off in the middle', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'truncated-json' })
    const response = await ask(emulator)
    expect(response.headers.get('content-type')).toBe('application/json')
    const text = await response.text()
    expect(text).toMatch(/^\{"access_token":"/)
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  })

  it('of kind empty is 200 and nothing', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'empty' })
    const response = await ask(emulator)
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('of kind error-in-200 is an error with 200', async () => {
    const emulator = frozenEmulator()
    emulator.truphone.faults.add({ kind: 'error-in-200', error: 'bad_verification_code' })
    const response = await ask(emulator)
    expect(response.status).toBe(200)
    expect(await readObject(response)).toMatchObject({ error: 'bad_verification_code' })
    expect(emulator.journal.entries()[0]).toMatchObject({ status: 200, error: 'bad_verification_code' })
  })

  it('leaves HEAD without a body', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await truphoneSession(emulator)
    emulator.truphone.faults.add({ kind: 'html', on: 'api' })
    const { apiUrl } = emulator.truphone.endpoints()
    const response = await withBearer(emulator, `${apiUrl}sims`, accessToken, { method: 'HEAD' })
    expect([response.status, response.body]).toEqual([200, null])
  })

  it('spoils the answers of an API', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await truphoneSession(emulator)
    const url = `${emulator.truphone.endpoints().apiUrl}sims`
    emulator.truphone.faults.add({ kind: 'truncated-json', on: 'api' })
    const response = await withBearer(emulator, url, accessToken)
    await expect(response.json()).rejects.toThrow(SyntaxError)
    expect((await withBearer(emulator, url, accessToken)).status).toBe(200)
  })
})
