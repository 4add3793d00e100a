import { createTokenManager } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { truphone } from '@evergrant/providers'
import { VirtualClock } from '@evergrant/testing'
import { createApiProxyHandler } from './api-proxy-handler.ts'
import type { ApiProxyHandler } from './api-proxy-handler.ts'
import type { ApiProxyOptions } from './api-proxy-options.ts'

/** A proxy in front of the emulated Truphone API, with a real token manager and a clock that stands still. */
export interface ProxyWorld {
  readonly clock: VirtualClock
  readonly emulator: Emulator
  readonly manager: TokenManager
  readonly target: string
  readonly proxy: (options?: Partial<ApiProxyOptions>) => ApiProxyHandler
}

export function createProxyWorld(): ProxyWorld {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall, schedule: clock.schedule })
  const { clientId, clientSecret } = emulator.truphone.credentials
  const manager = createTokenManager(truphone({ clientId, clientSecret }), { clock, fetch: emulator.fetch })
  const target = emulator.truphone.endpoints().apiUrl
  const proxy: ProxyWorld['proxy'] = options =>
    createApiProxyHandler(manager, {
      target,
      allow: ['GET sims', 'GET sims/*', 'POST sims', 'PUT sims/*'],
      prefix: '/api',
      send: emulator.fetch,
      now: clock.wall,
      ...options,
      authorize: options?.authorize ?? (() => true),
    })
  return { clock, emulator, manager, target, proxy }
}

/** A request as a page of the site sends it. */
export function fromPage(path: string, init: RequestInit & { duplex?: 'half' } = {}): Request {
  const headers = new Headers(init.headers)
  if (!headers.has('sec-fetch-site')) headers.set('sec-fetch-site', 'same-origin')
  if (!headers.has('x-evergrant')) headers.set('x-evergrant', '1')
  return new Request(`https://app.example${path}`, { ...init, headers })
}

/** A `fetch` that answers what a test says, and remembers what it was asked. */
export function recordingSend(answer: (request: Request, count: number) => Response | Promise<Response>): {
  readonly send: typeof globalThis.fetch
  readonly requests: Request[]
} {
  const requests: Request[] = []
  const send: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    requests.push(request)
    return answer(request, requests.length)
  }
  return { send, requests }
}

/** A stream of `count` chunks of 1000 bytes, made when they are asked for. */
export function chunks(count: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let made = 0
  return new ReadableStream({
    pull: controller => {
      if (made === count) return controller.close()
      made += 1
      controller.enqueue(new Uint8Array(1000).fill(made))
    },
  })
}
