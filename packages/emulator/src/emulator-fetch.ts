import { redirected } from './http/redirected.ts'
import { emulatorPath } from './routing.ts'

/** As many as the Fetch Standard allows. */
const maxRedirects = 20

/**
 * Makes a `fetch` out of a handler that takes a request and its path below the emulator. It rejects like the
 * platform's: for an unknown host with `TypeError('fetch failed')`, after an abort with the signal's reason. It
 * follows redirects as the platform's does, unless `redirect` says otherwise.
 */
export function createEmulatorFetch(
  answer: (request: Request, path: string) => Promise<Response>,
): typeof globalThis.fetch {
  return async (input, init) => {
    let request = new Request(input, init)
    for (let count = 0; ; count += 1) {
      // A redirect may want the body again, once the server has read it.
      const spare = request.redirect === 'follow' && request.body ? request.clone() : request
      const response = await ask(request, answer)
      const next = redirected(spare, response)
      // The constructor leaves these two empty; clients look at them to tell where an answer came from.
      if (!next) {
        const url = { value: request.url }
        return Object.defineProperties(response, { url, redirected: { value: count > 0 } })
      }
      if (count === maxRedirects)
        throw new TypeError('fetch failed', { cause: new Error('redirect count exceeded') })
      request = next
    }
  }
}

async function ask(
  request: Request,
  answer: (request: Request, path: string) => Promise<Response>,
): Promise<Response> {
  request.signal.throwIfAborted()
  const url = new URL(request.url)
  const path = emulatorPath(url)
  if (path === undefined) throw unknownHost(url.hostname)
  return abortable(answer(request, path), request.signal)
}

function unknownHost(hostname: string): TypeError {
  const cause = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname,
  })
  return new TypeError('fetch failed', { cause })
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
