import { emulatorPath } from './routing.ts'

/**
 * Makes a `fetch` out of a handler that takes a request and its path below the emulator. It rejects like the
 * platform's: for an unknown host with `TypeError('fetch failed')`, after an abort with the signal's reason.
 */
export function createEmulatorFetch(
  answer: (request: Request, path: string) => Promise<Response>,
): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const url = new URL(request.url)
    const path = emulatorPath(url)
    if (path === undefined) throw unknownHost(url.hostname)
    const response = await abortable(answer(request, path), request.signal)
    // The constructor leaves `url` empty; clients look at it to tell where an answer came from.
    return Object.defineProperty(response, 'url', { value: request.url })
  }
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
