import * as core from '@evergrant/core'
import { describeClient } from '@evergrant/testing/client-suite'
import { ClientError, GraphQLClient } from 'graphql-request'
import { accessTokenConfig } from './index.ts'

describeClient('graphql-request', core, {
  bodies: [],
  makeClient: ({ source }) => ({
    async send({ url, headers, signal }) {
      const client = new GraphQLClient(url, accessTokenConfig(source))
      const answer = client.rawRequest({
        query: '{ answer }',
        requestHeaders: { ...headers },
        ...(signal && { signal }),
      })
      const { status, body } = await answer.catch((error: unknown) => {
        if (error instanceof ClientError) return error.response
        throw error
      })
      return { status, text: body }
    },
  }),
})
