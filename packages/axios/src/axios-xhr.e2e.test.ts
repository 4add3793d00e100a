import * as core from '@evergrant/core'
import { describeClient } from '@evergrant/testing/client-suite'
import { Window } from 'happy-dom'
import { afterAll } from 'vitest'

// axios looks for XMLHttpRequest when it is loaded.
const page = new Window({
  url: 'http://127.0.0.1/',
  settings: { fetch: { disableSameOriginPolicy: true } },
})
globalThis.XMLHttpRequest = page.XMLHttpRequest as unknown as typeof XMLHttpRequest
const { create } = await import('axios')
const { attachAccessToken } = await import('./index.ts')

afterAll(() => page.happyDOM.close())

describeClient('axios with its xhr adapter', core, {
  bodies: ['text', 'json', 'params', 'bytes'],
  makeClient: ({ source, baseUrl }) => {
    const api = create({ baseURL: baseUrl, adapter: 'xhr', validateStatus: null, responseType: 'text' })
    attachAccessToken(api, source)
    return {
      async send({ url, method, headers, body, signal }) {
        const options = { url, method, headers, data: body, signal }
        const { status, data } = await api.request<string>(options as object)
        return { status, text: data }
      },
    }
  },
})
