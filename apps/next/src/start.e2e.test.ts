import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { emulatedSettings, startDashboard } from '../start.js'

const PATH = process.env['PATH']
const unreachable = 'http://127.0.0.1:9'

describe('startDashboard', () => {
  test('serves on a free port of loopback, to this machine’s names only, and stops', async () => {
    const { url, stop } = await startDashboard({ port: 0, emulatorUrl: unreachable, env: { PATH } })
    try {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect((await fetch(url)).status).toBe(200)
      expect(await statusWithHost(url, 'evil.example')).toBe(421)
      expect(await statusWithHost(url, 'localhost')).toBe(200)
    } finally {
      await stop()
    }
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('a page without configuration names every variable that is missing, and no value', async () => {
    const env = { PATH, TRAVIS_CLIENT_ID: 'fake-id-of-a-customer' }
    const { url, stop } = await startDashboard({ port: 0, env })
    try {
      const page = await (await fetch(url)).text()
      expect(page).toContain('This dashboard is not set up yet')
      expect(page).toContain('TRAVIS_CLIENT_SECRET')
      expect(page).not.toContain('fake-id-of-a-customer')
    } finally {
      await stop()
    }
  })

  test('a port that is taken is told in words', async () => {
    const server = createServer()
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      await expect(startDashboard({ port, emulatorUrl: unreachable, env: { PATH } })).rejects.toThrow(
        /did not start: .*EADDRINUSE/,
      )
    } finally {
      server.close()
    }
  })
})

test('the emulator stands in only for providers that the environment says nothing about', () => {
  const all = emulatedSettings(unreachable, {})
  expect(all['TRAVIS_API_URL']).toMatch(/^http:\/\/127\.0\.0\.1:9\/travis\//)
  expect(all).toHaveProperty('TRUPHONE_CLIENT_SECRET')
  const some = emulatedSettings(unreachable, { TRAVIS_CLIENT_ID: 'real' })
  expect(Object.keys(some).filter(name => !name.startsWith('TRUPHONE_'))).toEqual([])
})

function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, response => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })
}
