import { ApolloClient, ApolloLink, gql, InMemoryCache, ServerError } from '@apollo/client'
import { HttpLink } from '@apollo/client/link/http'
import * as core from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { describeClient } from '@evergrant/testing/client-suite'
import { firstValueFrom } from 'rxjs'
import { accessTokenLink } from './access-token-link.ts'

const query = gql`
  query Answer($body: String) {
    answer(body: $body)
  }
`

describeClient<TokenManager>('accessTokenLink', core, {
  // Apollo writes the body: what a caller hands over is a variable of it.
  bodies: ['text'],
  makeClient: ({ source }) => {
    const link = ApolloLink.from([accessTokenLink(source), new HttpLink()])
    const client = new ApolloClient({ cache: new InMemoryCache(), link })
    return {
      send: async ({ url, method, headers, body, signal }) => {
        const context = { uri: url, headers, fetchOptions: { method, signal } }
        const sent = ApolloLink.execute(link, { query, variables: { body }, context }, { client })
        try {
          return { status: 200, text: JSON.stringify(await firstValueFrom(sent)) }
        } catch (error) {
          if (ServerError.is(error)) return { status: error.statusCode, text: error.bodyText }
          throw error
        }
      },
    }
  },
})
