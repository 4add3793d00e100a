import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { sendResponse, toNodeListener, toRequest } from './node.ts'
import { open, raw, serve, textOf } from './servers.test-support.ts'

const listen = (
  handler: Parameters<typeof toNodeListener>[0],
  options?: Parameters<typeof toNodeListener>[1],
): Promise<number> => {
  const listener = toNodeListener(handler, options)
  return serve((incoming, outgoing) => void listener(incoming, outgoing))
}

describe('a request', () => {
  test('is answered also where onError throws, and a Host that is none is refused', async () => {
    const port = await listen(
      () => {
        throw new Error('boom')
      },
      {
        onError: () => {
          throw new Error('the logger failed')
        },
      },
    )
    expect((await open(port, '/')).statusCode).toBe(500)
    for (const host of ['x:99999', '999.1.1.1', '[::::]']) {
      expect((await open(port, '/', { headers: { host } })).statusCode).toBe(400)
    }
  })

  test('reaches the handler with method, URL, headers, body and address', async () => {
    const port = await listen(async (received, { clientAddress }) => {
      const { method, url, headers } = received
      return Response.json([method, url, headers.get('x-a'), await received.text(), clientAddress])
    })
    const answer = await open(port, '/a%20b?c=d', { method: 'POST', headers: { 'x-a': '1' } }, 'body é')
    expect(JSON.parse(await textOf(answer))).toEqual([
      'POST',
      `http://127.0.0.1:${port}/a%20b?c=d`,
      '1',
      'body é',
      '127.0.0.1',
    ])
  })

  test.each([
    'GET http://evil.example/ HTTP/1.1\r\nHost: app.example',
    'OPTIONS * HTTP/1.1\r\nHost: app.example',
    'GET /a/../b HTTP/1.1\r\nHost: app.example',
    'GET /a/%2e%2e/b HTTP/1.1\r\nHost: app.example',
    'GET /a\\..\\b HTTP/1.1\r\nHost: app.example',
    'GET / HTTP/1.1\r\nHost: app.example/evil',
    'GET / HTTP/1.1\r\nHost: a@evil.example',
    'GET / HTTP/1.1\r\nHost: ',
    'GET / HTTP/1.1',
    'GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\nX-B: 2\r\nContent-Length: 1\r\nTransfer-Encoding: chunked',
  ])('C67 %j gets 400 and reaches no handler', async lines => {
    const handler = vi.fn(() => new Response())
    const text = await raw(await listen(handler), `${lines}\r\nConnection: close\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(handler).not.toHaveBeenCalled()
  })

  test('C67 CONNECT opens no tunnel', async () => {
    const handler = vi.fn(() => new Response())
    expect(await raw(await listen(handler), 'CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('')
    expect(handler).not.toHaveBeenCalled()
  })

  test('whose body a framework has read takes it from there, and its URL from originalUrl', async () => {
    const port = await serve((incoming, outgoing) => {
      void (async () => {
        const parts: Buffer[] = []
        for await (const part of incoming) parts.push(part as Buffer)
        Object.assign(incoming, { originalUrl: incoming.url, url: '/rest' })
        const received = toRequest(incoming, outgoing, { body: Buffer.concat(parts) }) as Request
        await sendResponse(outgoing, Response.json([received.url, await received.text(), incoming.url]))
      })()
    })
    const answer = await open(port, '/mount/rest?a', { method: 'POST' }, 'body')
    expect(JSON.parse(await textOf(answer))).toEqual([
      `http://127.0.0.1:${port}/mount/rest?a`,
      'body',
      '/rest',
    ])
  })

  test('aborts its signal when the client leaves before the answer', async () => {
    let signal: AbortSignal | undefined
    const port = await listen(received => {
      signal = received.signal
      return new Promise(() => undefined)
    })
    const sent = request({ port, host: '127.0.0.1', agent: false }).on('error', () => undefined)
    sent.end()
    await vi.waitFor(() => expect(signal).toBeDefined())
    sent.destroy()
    await vi.waitFor(() => expect(signal?.aborted).toBe(true))
  })

  test('that was answered whole aborts nothing', async () => {
    let signal: AbortSignal | undefined
    const port = await listen(received => {
      signal = received.signal
      return new Response('x')
    })
    await textOf(await open(port, '/'))
    await pause(20)
    expect(signal?.aborted).toBe(false)
  })

  test('whose long body nobody reads is answered all the same, and the connection can be used again', async () => {
    const port = await listen(received => new Response(received.method, { status: 413 }))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const post = (): Promise<string> =>
      open(port, '/', { method: 'POST', agent }, Buffer.alloc(4_000_000)).then(textOf)
    expect([await post(), await post()]).toEqual(['POST', 'POST'])
    agent.destroy()
  })
})

describe('an answer', () => {
  test('keeps each of its cookies, and those of the framework', async () => {
    const port = await serve((incoming, outgoing) => {
      outgoing
        .setHeader('Set-Cookie', 'framework=1')
        .setHeader('X-Powered-By', 'x')
        .setHeader('Vary', 'Origin')
      const headers = new Headers({ vary: 'Cookie' })
      headers.append('set-cookie', 'a=1; Path=/')
      headers.append('set-cookie', 'b=2; Path=/')
      void sendResponse(outgoing, new Response('x', { headers }))
    })
    const { headers } = await open(port, '/')
    expect(headers['set-cookie']).toEqual(['framework=1', 'a=1; Path=/', 'b=2; Path=/'])
    expect([headers['x-powered-by'], headers.vary]).toEqual(['x', 'Cookie'])
  })

  test('is as long as it is, whatever length the framework has set for another body', async () => {
    const port = await serve((incoming, outgoing) => {
      outgoing.setHeader('Content-Length', '1000')
      void sendResponse(outgoing, new Response('short'))
    })
    expect(await textOf(await open(port, '/'))).toBe('short')
  })

  test('to HEAD has no body', async () => {
    const port = await listen(() => new Response('body'))
    expect(await textOf(await open(port, '/', { method: 'HEAD' }))).toBe('')
  })

  test('is made only as fast as it is read', async () => {
    let made = 0
    const port = await listen(
      () =>
        new Response(
          new ReadableStream({
            pull: controller => {
              made += 1
              controller.enqueue(new Uint8Array(65_536))
            },
          }),
        ),
    )
    const answer = await open(port, '/')
    answer.pause()
    let before = -1
    await vi.waitFor(
      async () => {
        before = made
        await pause(100)
        expect(made).toBe(before)
      },
      { timeout: 5_000 },
    )
    expect(made).toBeLessThan(400)
    answer.destroy()
  })

  test('is cancelled when the client leaves', async () => {
    const cancel = vi.fn()
    const pull = (controller: ReadableStreamDefaultController): void => controller.enqueue(new Uint8Array(9))
    const port = await listen(() => new Response(new ReadableStream({ pull, cancel })))
    const answer = await open(port, '/')
    answer.destroy()
    await vi.waitFor(() => expect(cancel).toHaveBeenCalled())
  })

  test.each([new Error('broke'), undefined])('that breaks with %s breaks the connection', async reason => {
    const port = await listen(() => {
      let count = 0
      const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
        await pause(5)
        if (count++ < 2) controller.enqueue(new TextEncoder().encode('part'))
        else controller.error(reason)
      }
      return new Response(new ReadableStream({ pull }))
    })
    const answer = await open(port, '/')
    await expect(textOf(answer)).rejects.toThrow('aborted')
    expect(answer.complete).toBe(false)
  })

  test('of a handler that throws is 500 without the reason, which the application hears', async () => {
    const onError = vi.fn()
    const port = await listen(() => Promise.reject(new Error('fake-secret')), { onError })
    const answer = await open(port, '/')
    expect(answer.statusCode).toBe(500)
    expect(await textOf(answer)).not.toContain('fake-secret')
    expect(onError).toHaveBeenCalledOnce()
  })

  test('to a client that is gone ends nothing', async () => {
    let finish: (response: Response) => void = () => undefined
    const cancel = vi.fn()
    const sent = vi.fn()
    const port = await serve((incoming, outgoing) => {
      const response = new Promise<Response>(resolve => (finish = resolve))
      void response.then(value => sendResponse(outgoing, value)).then(sent)
      incoming.socket.destroy()
    })
    await expect(open(port, '/')).rejects.toThrow('socket hang up')
    finish(new Response(new ReadableStream({ cancel })))
    await vi.waitFor(() => expect(sent).toHaveBeenCalled())
    expect(cancel).toHaveBeenCalled()
  })

  test('keeps the connection for the next request', async () => {
    const port = await listen(received => new Response(received.url))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const first = await open(port, '/1', { agent })
    const { localPort } = first.socket
    await textOf(first)
    await pause(20)
    const second = await open(port, '/2', { agent })
    expect(second.socket.localPort).toBe(localPort)
    agent.destroy()
  })
})
