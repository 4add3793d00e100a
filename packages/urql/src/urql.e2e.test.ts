import * as core from '@evergrant/core'
import { describeClient } from '@evergrant/testing/client-suite'
import type { ClientAnswer } from '@evergrant/testing/client-suite'
import { Client, fetchExchange } from '@urql/core'
import type { OperationResult } from '@urql/core'
import { authExchange } from '@urql/exchange-auth'
import { accessTokenAuth } from './index.ts'

/** urql hands data on whatever the status: that is noted where it is sent. */
function answerOf({ data, error }: OperationResult, last: Response | undefined): ClientAnswer {
  if (error !== undefined && error.response === undefined) throw error.networkError ?? error
  // The body of a refusal that holds no JSON is lost in urql.
  return { status: last?.status ?? 0, text: last?.status === 401 ? 'refused' : JSON.stringify(data) }
}

describeClient('urql', core, {
  bodies: [],
  makeClient: ({ source, baseUrl }) => {
    const client = new Client({
      url: baseUrl,
      preferGetMethod: false,
      exchanges: [authExchange(accessTokenAuth(source)), fetchExchange],
    })
    let number = 0
    return {
      send: ({ url, headers, signal }) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted === true) {
            reject(new Error('The caller has left.'))
            return
          }
          // Another variable each time: urql sends equal operations once.
          let last: Response | undefined
          const note: typeof globalThis.fetch = async (input, init) => (last = await fetch(input, init))
          const context = { url, fetch: note, fetchOptions: { headers: { ...headers } } }
          const query = client.query('query($n: Int) { answer(n: $n) }', { n: number++ }, context)
          const subscription = query.subscribe(result => {
            try {
              resolve(answerOf(result, last))
            } catch (error) {
              reject(error)
            }
          })
          signal?.addEventListener('abort', () => {
            subscription.unsubscribe()
            reject(new Error('The caller has left.'))
          })
        }),
    }
  },
})
