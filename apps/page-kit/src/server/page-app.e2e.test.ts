import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lastAnswers } from './last-answers.ts'
import type { Stops } from './over-emulator.ts'
import { ownPageOnly } from './own-page-only.ts'
import { pageApp } from './page-app.ts'
import { requirePage } from './require-page.ts'
import { servePage } from './serve-page.ts'

describe('the server of a page', () => {
  let directory: string
  let url: string
  const stops: Stops = []
  const faults: unknown[] = []

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'evergrant-page-'))
    await mkdir(join(directory, 'assets'))
    await writeFile(join(directory, 'index.html'), '<h1>A page</h1>')
    await writeFile(join(directory, 'assets/index-abc.js'), '')
    const origins = ['https://api.example.com']
    const app = pageApp({ pageDirectory: directory, origins, settings: { accounts: [] } })
    app.post('/api/own', ownPageOnly, (_request, response) => void response.json({ isOwn: true }))
    app.get('/api/broken', () => {
      throw new Error('fake fault')
    })
    app.use(...lastAnswers({ now: Date.now, onError: error => void faults.push(error) }))
    url = (await servePage({ app, close: () => Promise.resolve() }, 0, stops)).url
  })

  afterAll(async () => {
    for (const stop of stops) await stop()
    await rm(directory, { recursive: true })
  })

  test('keeps other sites out with every answer, and lets the page call what it is told', async () => {
    for (const path of ['/', '/api/settings', '/nowhere']) {
      const { headers } = await fetch(url + path)
      expect(headers.get('content-security-policy')).toContain("connect-src 'self' https://api.example.com;")
      expect([headers.get('x-frame-options'), headers.get('x-powered-by')]).toEqual(['DENY', null])
    }
  })

  test('is asked for the page each time, for what it names by its content once, and keeps no answer', async () => {
    const kept = async (path: string): Promise<unknown> =>
      (await fetch(url + path)).headers.get('cache-control')
    expect(await kept('/')).toBe('no-cache')
    expect(await kept('/assets/index-abc.js')).toBe('public, max-age=31536000, immutable')
    expect(await kept('/api/settings')).toBe('no-store')
    expect(await (await fetch(`${url}/api/settings`)).json()).toEqual({ accounts: [] })
  })

  test('answers to names of this machine only', async () => {
    const statusAs = (host: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const asked = request(url, { headers: { host } }, response => {
          response.resume()
          resolve(response.statusCode)
        })
        asked.once('error', reject).end()
      })
    expect(await statusAs('localhost:1')).toBe(200)
    expect(await statusAs('[::1]')).toBe(200)
    expect(await statusAs('evil.example')).toBe(421)
    expect(await statusAs('localhost.evil.example')).toBe(421)
  })

  test.each([
    [{}, 403],
    [{ 'x-evergrant': '1' }, 403],
    [{ 'x-evergrant': '1', origin: 'https://evil.example' }, 403],
    [{ origin: 'own' }, 403],
    [{ 'x-evergrant': '1', origin: 'own' }, 200],
  ])('takes from its own page alone what changes something: %o is %d', async (given, status) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value === 'own' ? url : value]),
    )
    expect((await fetch(`${url}/api/own`, { method: 'POST', headers })).status).toBe(status)
  })

  test('says what it has not, and of a fault nothing but that there was one', async () => {
    const nothing = await fetch(`${url}/api/nowhere`)
    expect([nothing.status, await nothing.json()]).toEqual([
      404,
      { error: { code: 'not_found', message: 'Nothing is served here.' } },
    ])
    const broken = await fetch(`${url}/api/broken`)
    expect([broken.status, await broken.text()]).toEqual([500, expect.not.stringContaining('fake fault')])
    expect(faults.splice(0).map(String)).toEqual(['Error: fake fault'])
  })

  test('without a built page says which script makes it', () => {
    expect(() => requirePage(directory, 'React')).not.toThrow()
    expect(() => requirePage(join(directory, 'none'), 'React')).toThrow(
      'The page of the React demo is not built: run its script "build" first.',
    )
  })
})
