import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { startEmulatorServer } from './server.ts'
import type { EmulatorServer } from './server.ts'
import { createEmulator } from './emulator.ts'
import { readObject, readTokens, travisService } from './emulator.test-support.ts'

const running: EmulatorServer[] = []

async function start(): Promise<EmulatorServer> {
  const server = await startEmulatorServer()
  running.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(server => server.close()))
})

function rawRequest(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let answer = ''
    socket.on('data', data => {
      answer += String(data)
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.end(text)
  })
}

describe('the HTTP server', () => {
  it('signs in, verifies against its JWKS, and calls the API', async () => {
    const { url, emulator } = await start()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const { tokenEndpoint, jwksEndpoint, apiUrl, issuer } = emulator.travis.endpoints(url)
    const body = new URLSearchParams(travisService(emulator))
    const { accessToken } = await readTokens(await fetch(tokenEndpoint, { method: 'POST', body }))
    await jwtVerify(accessToken, createRemoteJWKSet(new URL(jwksEndpoint)), { issuer, audience: 'account' })
    const headers = { authorization: `Bearer ${accessToken}` }
    const page = await readObject(await fetch(`${apiUrl}vehicles?size=3`, { headers }))
    expect(page['content']).toHaveLength(3)
    const head = await fetch(`${apiUrl}vehicles`, { method: 'HEAD', headers })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('serves the overview and is controlled by JSON', async () => {
    const { url, emulator } = await start()
    expect(await readObject(await fetch(url))).toMatchObject({ name: '@evergrant/emulator' })
    const before = emulator.now()
    const headers = { 'content-type': 'application/json' }
    const advance = { method: 'POST', body: '{"ms":3600000}', headers }
    expect((await fetch(`${url}/_control/advance`, advance)).status).toBe(200)
    expect(emulator.now()).toBeGreaterThanOrEqual(before + 3_600_000)
    expect(await readObject(await fetch(`${url}/_control/journal`))).toEqual({ count: 0, entries: [] })
  })

  it('takes the emulator it is given', async () => {
    const emulator = createEmulator()
    const server = await startEmulatorServer({ emulator })
    running.push(server)
    await fetch(`${server.url}/iris/token`)
    expect(emulator.journal.count({ provider: 'iris' })).toBe(1)
  })

  it('caps request bodies', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/iris/token`, { method: 'POST', body: 'x'.repeat(1_048_577) })
    expect(response.status).toBe(413)
  })

  it('answers malformed hosts with 400 and TRACE with 405', async () => {
    const { url } = await start()
    const close = 'Connection: close\r\n\r\n'
    expect(await rawRequest(url, `GET / HTTP/1.1\r\nHost: a b\r\n${close}`)).toContain('400 Bad Request')
    expect(await rawRequest(url, `TRACE / HTTP/1.1\r\nHost: localhost\r\n${close}`)).toContain('405 Method')
  })

  it('lives on after an absurd leap in time', async () => {
    const { url } = await start()
    const headers = { 'content-type': 'application/json' }
    const leap = { method: 'POST', body: '{"ms":1e308}', headers }
    const refused = await fetch(`${url}/_control/advance`, leap)
    expect([refused.status, await readObject(refused)]).toEqual([
      400,
      { error: expect.stringContaining('the emulated time ends with the year 9999') },
    ])
    expect((await fetch(url)).status).toBe(200)
  })

  it.each(['/', '/_control/journal', '/travis/api/vehicles', '/nowhere'])(
    'refuses a foreign Host at %s, because that name may have been pointed here',
    async path => {
      const { url, emulator } = await start()
      const answer = await rawRequest(
        url,
        `GET ${path} HTTP/1.1\r\nHost: attacker.example:${new URL(url).port}\r\nConnection: close\r\n\r\n`,
      )
      expect(answer).toContain('421 Misdirected Request')
      expect(answer).toContain('"error":"This server is for this machine only: use localhost')
      expect(emulator.journal.count()).toBe(0)
    },
  )

  it('names a taken port', async () => {
    const { url } = await start()
    const port = Number(new URL(url).port)
    await expect(startEmulatorServer({ port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is already in use.`,
    )
  })

  it('names an address that is not this machine’s', async () => {
    await expect(startEmulatorServer({ host: '192.0.2.1' })).rejects.toThrow('no address 192.0.2.1')
  })

  it('stops listening on close', async () => {
    const { url, close } = await startEmulatorServer()
    await close()
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })
})
