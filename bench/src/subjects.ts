import { Agent, createServer, request as send } from 'node:http'
import type { RequestListener } from 'node:http'
import { clientCredentials, createTokenManager, none } from '@evergrant/core'
import { createApiProxyHandler } from '@evergrant/server'
import { toNodeListener } from '@evergrant/server/node'
import { createProxyMiddleware } from 'http-proxy-middleware'
import type { Subject } from './subject-names.ts'

const [, , subject = '', port = ''] = process.argv
const target = `http://127.0.0.1:${port}/v1/`

function bare(): RequestListener {
  const agent = new Agent({ keepAlive: true })
  return (incoming, outgoing) => {
    const path = `/v1${(incoming.url ?? '').slice('/api'.length)}`
    const { method, headers } = incoming
    const sent = send({ host: '127.0.0.1', port, path, method, headers, agent }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(sent)
  }
}

function middleware(agent?: Agent): RequestListener {
  const options = { target, pathRewrite: { '^/api/': '/' }, ...(agent && { agent }) }
  const listener = createProxyMiddleware(options)
  return (incoming, outgoing) => void listener(incoming, outgoing, () => outgoing.writeHead(404).end())
}

function evergrant(): RequestListener {
  const origin = `http://127.0.0.1:${port}`
  const token = { access_token: 'x'.repeat(900), token_type: 'Bearer', expires_in: 3600 }
  const manager = createTokenManager(
    {
      provider: 'bench',
      server: { tokenEndpoint: `${origin}/token` },
      client: { clientId: 'bench', authentication: none() },
      grant: clientCredentials(),
      resource: { baseUrl: target, origins: [origin] },
    },
    { fetch: async () => Response.json(token) },
  )
  const proxy = createApiProxyHandler(manager, {
    target,
    allow: ['GET records/*', 'GET stream'],
    prefix: '/api',
    authorize: () => true,
  })
  const listener = toNodeListener(proxy)
  return (incoming, outgoing) => void listener(incoming, outgoing)
}

const listeners: Readonly<Record<Subject, () => RequestListener>> = {
  bare,
  middleware: () => middleware(),
  'middleware-keep-alive': () => middleware(new Agent({ keepAlive: true })),
  evergrant,
}

const server = createServer(listeners[subject as Subject]())
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('message', message => {
  if (message === 'memory') {
    process.send?.(process.memoryUsage().rss)
  }
})
process.once('disconnect', () => process.exit())
