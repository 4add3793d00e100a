import type { AccessTokenSource } from '@evergrant/core'
import { accessTokenInterceptor } from '@evergrant/undici'
import { Agent, fetch as fetchByUndici } from 'undici'
import type { Dispatcher } from 'undici'
import type { RecordsFetch } from './records.ts'

/** Asks one API by undici, whose dispatcher puts the token on. Paths are below `baseUrl`. */
export function simsByUndici(tokens: AccessTokenSource, baseUrl: string): RecordsFetch {
  // The package is typed by undici 8 here; 7 runs on all of our versions of Node.js.
  const interceptor = accessTokenInterceptor(tokens) as unknown as Dispatcher.DispatcherComposeInterceptor
  const dispatcher = new Agent().compose(interceptor)
  return async path => {
    const response = await fetchByUndici(new URL(path, baseUrl), { dispatcher })
    // The package's own classes are not the platform's.
    return new Response(await response.text(), {
      status: response.status,
      headers: [...response.headers],
    })
  }
}
