import * as core from '@evergrant/core'
import { describeClient } from '@evergrant/testing/client-suite'
import { create } from 'axios'
import { attachAccessToken } from './index.ts'

for (const adapter of ['http', 'fetch'] as const) {
  describeClient(`axios with its ${adapter} adapter`, core, {
    bodies: [
      'text',
      'bytes',
      'params',
      'form',
      'blob',
      'json',
      adapter === 'http' ? 'node-stream' : 'web-stream',
    ],
    makeClient: ({ source, baseUrl }) => {
      const api = create({ baseURL: baseUrl, adapter, validateStatus: null, responseType: 'text' })
      attachAccessToken(api, source)
      return {
        async send({ url, method, headers, body, signal }) {
          // As postForm does it: without that, the fetch adapter calls a form urlencoded, with us or without.
          const own = body instanceof FormData ? { 'content-type': 'multipart/form-data' } : {}
          const { status, data } = await api.request<string>({
            url,
            method,
            headers: { ...own, ...headers },
            data: body,
            signal,
          } as object)
          return { status, text: data }
        },
      }
    },
  })
}
