import { describeClient } from '@evergrant/testing/client-suite'
import * as core from './index.ts'

describeClient('source.fetch', core, {
  makeClient: ({ source }) => ({
    async send({ url, ...init }) {
      const response = await source.fetch(url, init as RequestInit)
      return { status: response.status, text: await response.text() }
    },
  }),
})
