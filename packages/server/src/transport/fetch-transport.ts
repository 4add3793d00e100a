import type { Transport } from './transport.ts'

/** Makes a transport of a `fetch`, by default the platform's. It decodes compressed answers. */
export function createTransport(send?: typeof globalThis.fetch): Transport {
  return {
    isRaw: false,
    send: async (url, { method, headers, body, signal }) => {
      // `duplex` is missing in the DOM's types, and Node.js refuses a stream without it.
      const init = { method, headers, body, signal, redirect: 'manual', duplex: 'half' } as RequestInit
      // Looked up late, for whoever replaces the platform's.
      const { status, headers: answered, body: content } = await (send ?? globalThis.fetch)(url, init)
      return { status, headers: answered, fields: () => answered, body: content }
    },
  }
}
