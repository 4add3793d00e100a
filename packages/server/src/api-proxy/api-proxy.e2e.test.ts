import { createHash } from 'node:crypto'
import { request } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { AccessTokenSource } from '@evergrant/core'
import { describe, expect, test, vi } from 'vitest'
import { toNodeListener } from '../node.ts'
import { open, raw, serve, textOf } from '../servers.test-support.ts'
import { createApiProxyHandler } from './api-proxy-handler.ts'
import type { ApiProxyOptions } from './api-proxy-options.ts'

/** Tokens 1, 2, 3: the next one after each refusal. */
function countedTokens(text = 'fake-token-'): AccessTokenSource {
  let count = 1
  return {
    authorize: async ({ url }: { url: string | URL }) => ({
      url: String(url),
      headers: new Headers({ authorization: `Bearer ${text}${count}` }),
    }),
    settle: (_attempt: unknown, { status }: { status: number }) => {
      if (status !== 401) return 'done'
      count += 1
      return 'replay'
    },
  } as unknown as AccessTokenSource
}

const allow = ['GET **', 'POST **']

async function proxyTo(
  port: number,
  options: Partial<ApiProxyOptions> = {},
  tokens = countedTokens(),
): Promise<number> {
  const target = `http://127.0.0.1:${port}/v1`
  const listener = toNodeListener(
    createApiProxyHandler(() => tokens, { target, allow, prefix: '/api', ...options }),
  )
  return serve((incoming, outgoing) => void listener(incoming, outgoing), { maxHeaderSize: 131_072 })
}

async function proxyBefore(upstream: RequestListener, options?: Partial<ApiProxyOptions>): Promise<number> {
  return proxyTo(await serve(upstream, { maxHeaderSize: 131_072 }), options)
}

const posting = { method: 'POST', headers: { 'sec-fetch-site': 'same-origin', 'x-evergrant': '1' } }

describe('what streams', () => {
  test('an answer reaches the page before its end is made, and a server-sent event at once', async () => {
    let finish = (): void => undefined
    const port = await proxyBefore(
      (_incoming, outgoing) => {
        outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
        outgoing.flushHeaders()
        setTimeout(() => outgoing.write('data: 1\n\n'), 30)
        finish = () => outgoing.end('data: 2\n\n')
      },
      { timeoutMs: 20 },
    )
    const answer = await open(port, '/api/events', { headers: { accept: 'text/event-stream' } })
    expect(answer.headers['content-type']).toBe('text/event-stream')
    const iterator = answer.setEncoding('utf8')[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toBe('data: 1\n\n')
    // Longer than the time limit, which is for headers alone.
    await pause(60)
    finish()
    expect((await iterator.next()).value).toBe('data: 2\n\n')
    expect((await iterator.next()).done).toBe(true)
  })

  test('an upload reaches the API before its end is sent, with its length', async () => {
    let received = ''
    const port = await proxyBefore(
      (incoming, outgoing) => {
        incoming.setEncoding('utf8').on('data', (chunk: string) => (received += chunk))
        incoming.on('end', () => outgoing.end(JSON.stringify([received, incoming.headers['content-length']])))
      },
      { replayBufferBytes: 4 },
    )
    const headers = { ...posting.headers, 'content-length': '10' }
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(
        { port, host: '127.0.0.1', path: '/api/up', method: 'POST', agent: false, headers },
        resolve,
      )
      sent.on('error', reject)
      sent.write('first')
      void vi.waitFor(() => expect(received).toBe('first')).then(() => sent.end('-last'))
    })
    expect(JSON.parse(await textOf(await answer))).toEqual(['first-last', '10'])
  })

  test('a slow reader slows the API down', async () => {
    let written = 0
    const port = await proxyBefore((_incoming, outgoing) => {
      const more = (): void => {
        while (outgoing.write(Buffer.alloc(65_536))) written += 65_536
        written += 65_536
        outgoing.once('drain', more)
      }
      more()
    })
    const answer = await open(port, '/api/long')
    answer.pause()
    await vi.waitFor(
      async () => {
        const before = written
        await pause(150)
        expect(written).toBe(before)
      },
      { timeout: 10_000 },
    )
    expect(written).toBeLessThan(40_000_000)
    answer.destroy()
  })

  test('a slow API slows the upload down, and all of it arrives', async () => {
    let go = (): void => undefined
    const port = await proxyBefore((incoming, outgoing) => {
      go = () => {
        const hash = createHash('sha256')
        incoming.on('data', (chunk: Buffer) => void hash.update(chunk))
        incoming.on('end', () => outgoing.end(hash.digest('hex')))
      }
    })
    const block = Buffer.alloc(65_536, 'y')
    const hash = createHash('sha256')
    const sent = request({ port, host: '127.0.0.1', path: '/api/up', agent: false, ...posting })
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve).on('error', reject)
    })
    for (let count = 0; count < 1000; count++) {
      hash.update(block)
      sent.write(block)
    }
    await pause(500)
    // The sockets on the way hold some megabytes; what is left waits at the client.
    expect(sent.writableLength).toBeGreaterThan(20_000_000)
    go()
    sent.end()
    expect(await textOf(await answer)).toBe(hash.digest('hex'))
  })

  test('compressed bytes pass as they are', async () => {
    const body = gzipSync('x'.repeat(1000))
    const port = await proxyBefore((incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-encoding': String(incoming.headers['accept-encoding']) }).end(body)
    })
    const answer = await open(port, '/api/x', { headers: { 'accept-encoding': 'gzip' } })
    const parts: Buffer[] = []
    for await (const part of answer) parts.push(part as Buffer)
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(Buffer.concat(parts).equals(body)).toBe(true)
  })

  test.each(['HEAD', 'GET'])(
    'an answer to %s without a body leaves its connection for the next',
    async method => {
      const connections = new Set<unknown>()
      const port = await proxyBefore((incoming, outgoing) => {
        connections.add(incoming.socket)
        // Without a length Node.js keeps no connection after HEAD.
        outgoing
          .writeHead(method === 'GET' ? 204 : 200, method === 'GET' ? {} : { 'content-length': '5' })
          .end()
      })
      for (let count = 0; count < 3; count++) {
        expect(await textOf(await open(port, '/api/x', { method }))).toBe('')
      }
      expect(connections.size).toBe(1)
    },
  )
})

describe('what ends early', () => {
  test('a client that leaves before the headers ends the request to the API', async () => {
    let isClosed = false
    const port = await proxyBefore(incoming => void incoming.socket.on('close', () => (isClosed = true)))
    const sent = request({ port, host: '127.0.0.1', path: '/api/x', agent: false, headers: posting.headers })
    sent.on('error', () => undefined).end()
    await pause(50)
    sent.destroy()
    await vi.waitFor(() => expect(isClosed).toBe(true))
  })

  test('a client that leaves in the middle of the answer ends the request to the API', async () => {
    let isClosed = false
    const port = await proxyBefore((incoming, outgoing) => {
      incoming.socket.on('close', () => (isClosed = true))
      outgoing.write('part')
    })
    const answer = await open(port, '/api/x')
    answer.destroy()
    await vi.waitFor(() => expect(isClosed).toBe(true))
  })

  test('a client that leaves in the middle of its upload ends the request to the API', async () => {
    let isClosed = false
    let isStarted = false
    const port = await proxyBefore(incoming => {
      incoming.on('data', () => (isStarted = true)).on('error', () => undefined)
      incoming.on('end', () => expect.unreachable('a part passed for the whole'))
      incoming.socket.on('close', () => (isClosed = true))
    })
    const sent = request({ port, host: '127.0.0.1', path: '/api/x', agent: false, ...posting })
    sent.on('error', () => undefined).write('part')
    await vi.waitFor(() => expect(isStarted).toBe(true))
    sent.destroy()
    await vi.waitFor(() => expect(isClosed).toBe(true))
  })

  test.each([{}, { 'content-length': '100' }])(
    'an API that breaks off breaks the answer off (%j)',
    async headers => {
      const port = await proxyBefore((_incoming, outgoing) => {
        outgoing.writeHead(200, headers).write('part')
        setTimeout(() => outgoing.destroy(), 30)
      })
      const answer = await open(port, '/api/x')
      await expect(textOf(answer)).rejects.toThrow('aborted')
      expect(answer.complete).toBe(false)
    },
  )

  test('an API that breaks off before its headers is 502', async () => {
    const onError = vi.fn()
    const port = await proxyBefore(incoming => void incoming.socket.destroy(), { onError })
    const answer = await open(port, '/api/x')
    expect([answer.statusCode, await textOf(answer)]).toEqual([
      502,
      expect.stringContaining('upstream_unreachable'),
    ])
    expect(onError).toHaveBeenCalledOnce()
  })

  test('an API where nobody listens is 502, one without headers 504', async () => {
    const answer = await open(await proxyTo(1), '/api/x')
    expect(answer.statusCode).toBe(502)
    const late = await open(await proxyBefore(() => undefined, { timeoutMs: 50 }), '/api/x')
    expect([late.statusCode, await textOf(late)]).toEqual([504, expect.stringContaining('upstream_timeout')])
  })

  test('a kept connection that the API closes as it is used again costs a reader nothing', async () => {
    const seen = new Set<unknown>()
    const port = await proxyBefore((incoming, outgoing) => {
      // The second request on any connection finds it closed.
      if (seen.has(incoming.socket)) incoming.socket.destroy()
      else outgoing.end('x')
      seen.add(incoming.socket)
    })
    for (let count = 0; count < 4; count++) expect(await textOf(await open(port, '/api/x'))).toBe('x')
    expect(seen.size).toBeGreaterThan(1)
  })

  test('an upload that is too long gets its 413, although nobody reads its rest', async () => {
    const port = await proxyBefore(incoming => void incoming.resume().on('error', () => undefined), {
      maxBodyBytes: 100_000,
    })
    const answer = await open(
      port,
      '/api/x',
      { ...posting, headers: { ...posting.headers, 'transfer-encoding': 'chunked' } },
      Buffer.alloc(3_000_000),
    )
    expect([answer.statusCode, await textOf(answer)]).toEqual([
      413,
      expect.stringContaining('body_too_large'),
    ])
  })
})

describe('a 401', () => {
  test.each([100, 200_000])('C33 with a body of %i bytes is replayed with the next token', async length => {
    const seen: unknown[] = []
    const port = await proxyBefore((incoming, outgoing) => {
      let bytes = 0
      incoming.on('data', (chunk: Buffer) => (bytes += chunk.length))
      incoming.on('end', () => {
        seen.push([incoming.headers.authorization, bytes])
        outgoing.writeHead(seen.length === 1 ? 401 : 201).end('x')
      })
    })
    const answer = await open(port, '/api/x', posting, Buffer.alloc(length))
    expect(answer.statusCode).toBe(201)
    expect(seen).toEqual([
      ['Bearer fake-token-1', length],
      ['Bearer fake-token-2', length],
    ])
  })

  test('before the end of a body beyond the record is 503 with a sentence', async () => {
    const port = await proxyBefore((_incoming, outgoing) => void outgoing.writeHead(401).end('x'), {
      replayBufferBytes: 1000,
    })
    const answer = await open(port, '/api/x', posting, Buffer.alloc(500_000))
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '0'])
    expect(await textOf(answer)).toContain('body_not_replayable')
  })

  test('an access token of 64 kB reaches the API', async () => {
    let length = 0
    const upstream = await serve(
      (incoming, outgoing) => {
        length = incoming.headers.authorization?.length ?? 0
        outgoing.end()
      },
      { maxHeaderSize: 131_072 },
    )
    const port = await proxyTo(upstream, {}, countedTokens('x'.repeat(65_536)))
    expect((await open(port, '/api/x')).statusCode).toBe(200)
    expect(length).toBe(65_536 + 'Bearer 1'.length)
  })
})

describe('what is smuggled', () => {
  const lines = (...extra: string[]): string =>
    [
      'GET /api/x HTTP/1.1',
      'Host: app.example',
      'Sec-Fetch-Site: same-origin',
      'X-Evergrant: 1',
      ...extra,
    ].join('\r\n')

  test('C72 headers of one connection, cookies and forwarded ones stay behind', async () => {
    let seen: string[] = []
    const port = await proxyBefore(
      (incoming, outgoing) => {
        seen = Object.keys(incoming.headers).sort()
        outgoing.end()
      },
      { requestHeaders: ['x-secret', 'x-kept'] },
    )
    const text = await raw(
      port,
      `${lines('Connection: close, X-Secret', 'X-Secret: 1', 'X-Kept: 1', 'Cookie: a=b', 'Cookie: a=c', 'TE: trailers', 'Authorization: Bearer fake', 'Proxy-Authorization: Basic x', 'X-Forwarded-For: 1.2.3.4', 'Upgrade: h2c')}\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(seen).toEqual(['authorization', 'connection', 'host', 'x-kept'])
  })

  test.each([
    ['Transfer-Encoding: chunked', 'Content-Length: 4'],
    ['Transfer-Encoding: chunked, identity'],
    ['Transfer-Encoding: xchunked'],
    ['Content-Length: 4', 'Content-Length: 5'],
    ['Content-Length: +4'],
    ['X-A: b\rX-C: d'],
    ['X-A : b'],
  ])('C67 %s is refused or passes as one request', async (...extra) => {
    const seen: string[] = []
    const port = await proxyBefore((incoming, outgoing) => {
      seen.push(`${incoming.method} ${incoming.url}`)
      incoming.resume()
      outgoing.end()
    })
    const head = lines('Connection: close', 'Origin: http://app.example', ...extra).replace('GET', 'POST')
    await raw(port, `${head}\r\n\r\n0\r\n\r\nGET /api/admin HTTP/1.1\r\nHost: a\r\n\r\n`)
    expect(seen.filter(line => line !== 'POST /v1/x')).toEqual([])
  })

  test.each([
    '/api/../admin',
    '/api/%2e%2e/admin',
    '/api/a%2fb',
    '/api/a%5Cb',
    '/api//x',
    'http://evil.example/api/x',
    '/api/x%00',
    '/api/x\\..\\y',
  ])('C67 the target %s reaches no API', async target => {
    const upstream = vi.fn()
    const port = await proxyBefore(upstream)
    const text = await raw(port, lines('Connection: close').replace('/api/x', target) + '\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(upstream).not.toHaveBeenCalled()
  })

  test('C72 C70 F16 what the API sets for its own origin never reaches the page', async () => {
    const port = await proxyBefore((_incoming, outgoing) => {
      outgoing.writeHead(200, {
        'set-cookie': ['a=1', 'b=2'],
        'cache-control': 'public, max-age=99',
        connection: 'close, x-hop',
        'x-hop': '1',
        'access-control-allow-origin': '*',
        'strict-transport-security': 'max-age=99',
        vary: 'Accept',
      })
      outgoing.end('x')
    })
    const { headers } = await open(port, '/api/x')
    expect(headers).toEqual({
      'cache-control': 'private, no-store',
      'cdn-cache-control': 'no-store',
      connection: 'close',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      date: expect.any(String) as string,
      'transfer-encoding': 'chunked',
      vary: 'Accept, Cookie',
      'x-content-type-options': 'nosniff',
    })
  })

  test.each([
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    'HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n',
    'nonsense',
  ])('an answer that is none (%j) is 502', async bytes => {
    const server = createServer(socket => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(bytes))
    })
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
    const answer = await open(await proxyTo((server.address() as AddressInfo).port), '/api/x')
    expect(answer.statusCode).toBe(502)
    server.close()
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'C67 F14 the body of a %s never becomes a request of its own, with another token',
    async method => {
      const seen: string[] = []
      const upstream = await serve((incoming, outgoing) => {
        let body = ''
        incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
        incoming.on('end', () => {
          seen.push(`${incoming.method} ${incoming.url} ${incoming.headers.authorization} ${body.length}`)
          outgoing.end(`answer to ${incoming.url}`)
        })
      })
      let user = 0
      const tokens = countedTokens()
      const authorize: AccessTokenSource['authorize'] = async ({ url }) => ({
        url: String(url),
        headers: new Headers({ authorization: `user-${++user}` }),
      })
      const port = await proxyTo(
        upstream,
        { allow: ['GET vehicles', `${method} vehicles/*`] },
        { ...tokens, authorize },
      )
      const inner = 'DELETE /v1/admin/everything HTTP/1.1\r\nHost: a\r\nX: '
      const head = `${method} /api/vehicles/1 HTTP/1.1\r\nHost: app.example\r\nOrigin: http://app.example\r\nSec-Fetch-Site: same-origin\r\nX-Evergrant: 1\r\nConnection: close\r\n`
      const chunked = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`
      await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunked}`)
      await raw(port, `${head}Content-Length: ${inner.length}\r\n\r\n${inner}`)
      expect(await textOf(await open(port, '/api/vehicles'))).toBe('answer to /v1/vehicles')
      expect(seen).toEqual([
        `${method} /v1/vehicles/1 user-1 ${inner.length}`,
        `${method} /v1/vehicles/1 user-2 ${inner.length}`,
        'GET /v1/vehicles user-3 0',
      ])
    },
  )

  test('an early hint is passed over', async () => {
    const port = await proxyBefore((_incoming, outgoing) => {
      outgoing.writeEarlyHints({ link: '</x>; rel=preload' })
      outgoing.end('x')
    })
    expect(await textOf(await open(port, '/api/x'))).toBe('x')
  })
})

describe('with a fetch in place of the transport of Node.js', () => {
  const send: typeof fetch = (input, init) => fetch(input, init)

  test('an answer is decoded, and not described as encoded', async () => {
    const port = await proxyBefore(
      (_incoming, outgoing) => {
        const body = gzipSync('x'.repeat(1000))
        outgoing.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length }).end(body)
      },
      { send },
    )
    const answer = await open(port, '/api/x')
    expect([answer.headers['content-encoding'], answer.headers['content-length']]).toEqual([
      undefined,
      undefined,
    ])
    expect(await textOf(answer)).toBe('x'.repeat(1000))
  })

  test('an upload streams, and a redirect is handed back', async () => {
    const port = await proxyBefore(
      (incoming, outgoing) => {
        incoming
          .resume()
          .on('end', () => outgoing.writeHead(303, { location: '/elsewhere' }).end('see there'))
      },
      { send, replayBufferBytes: 0 },
    )
    const answer = await open(port, '/api/x', posting, Buffer.alloc(300_000))
    expect([answer.statusCode, answer.headers.location, await textOf(answer)]).toEqual([
      303,
      '/elsewhere',
      'see there',
    ])
  })

  test('an upload that is too long is 413', async () => {
    const port = await proxyBefore(incoming => void incoming.resume().on('error', () => undefined), {
      send,
      maxBodyBytes: 1000,
    })
    const headers = { ...posting.headers, 'transfer-encoding': 'chunked' }
    const answer = await open(port, '/api/x', { ...posting, headers }, Buffer.alloc(300_000))
    expect(answer.statusCode).toBe(413)
  })

  test('a client that leaves in the middle ends the request to the API', async () => {
    let isClosed = false
    const port = await proxyBefore(
      (incoming, outgoing) => {
        incoming.socket.on('close', () => (isClosed = true))
        outgoing.write('part')
      },
      { send },
    )
    const answer = await open(port, '/api/x')
    answer.destroy()
    await vi.waitFor(() => expect(isClosed).toBe(true))
  })
})
