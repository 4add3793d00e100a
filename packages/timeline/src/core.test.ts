import { clientCredentials, clientSecretPost, createTokenManager } from '@evergrant/core'
import { expect, test } from 'vitest'
import { describeTimeline } from './describe.ts'
import { createTimelineModel, reduceTimeline } from './model.ts'
import { lastSentence } from './sentence.ts'
import { stateAt } from './state.ts'

test('events and explanations of a real manager make a timeline without its secrets', async () => {
  let model = createTimelineModel()
  await using tokens = createTokenManager(
    {
      provider: 'example',
      server: { tokenEndpoint: 'https://auth.example.com/token' },
      client: { clientId: 'fake-client', authentication: clientSecretPost('canary-secret') },
      grant: clientCredentials(),
      resource: { origins: ['https://api.example.com'] },
    },
    {
      fetch: () =>
        Promise.resolve(
          Response.json({ access_token: 'canary-access', token_type: 'Bearer', expires_in: 300 }),
        ),
      onEvent: event => void (model = reduceTimeline(model, event)),
    },
  )
  expect(await tokens.getAccessToken()).toBe('canary-access')
  model = reduceTimeline(model, JSON.parse(JSON.stringify(tokens.explain())))
  const now = Date.now()
  expect(model.lives).toHaveLength(1)
  expect(stateAt(model, now)).toBe('fresh')
  expect(lastSentence(model)).toMatch(
    /^Obtained with the grant, while callers waited \d+ ms, because no access/,
  )
  expect(describeTimeline(model, now)).toMatch(/In [34] min.* the grant is repeated\./)
  expect(JSON.stringify(model) + describeTimeline(model, now)).not.toContain('canary')
})
