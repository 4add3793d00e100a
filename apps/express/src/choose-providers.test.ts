import { createEmulator } from '@evergrant/emulator'
import { expect, test } from 'vitest'
import { chooseProviders, emulatedProviders } from './choose-providers.ts'
import { providerNames } from './provider-name.ts'

const running = { url: 'http://127.0.0.1:4010', emulator: createEmulator() }

const everything = {
  TRAVIS_CLIENT_ID: 'fake-client',
  TRAVIS_CLIENT_SECRET: 'fake-secret',
  TRAVIS_API_URL: 'https://api.travis.example/v2',
  TRAFFICSTARS_API_KEY: 'fake-key',
  TEAM_SERVER_BASE_URL: 'https://teamserver.example.com',
  TEAM_SERVER_CLIENT_ID: 'fake-client',
  TEAM_SERVER_CLIENT_SECRET: 'fake-secret',
  TEAM_SERVER_USERNAME: 'fake-user',
  TEAM_SERVER_PASSWORD: 'fake-password',
  IRIS_CLIENT_ID: 'fake-client',
  IRIS_CLIENT_SECRET: 'fake-secret',
  IRIS_USERNAME: 'fake-user',
  IRIS_PASSWORD: 'fake-password',
  TRUPHONE_CLIENT_ID: 'fake-client',
  TRUPHONE_CLIENT_SECRET: 'fake-secret',
}

test('an empty environment emulates every provider', () => {
  expect(emulatedProviders({})).toEqual(providerNames)
  const providers = chooseProviders({}, running)
  for (const name of providerNames) {
    expect(providers[name].isEmulated).toBe(true)
    expect(providers[name].authorization.server.tokenEndpoint).toMatch(/^http:\/\/127\.0\.0\.1:4010\//)
  }
  expect(providers.customers).toMatchObject({ isEmulated: true, examples: { length: 3 } })
})

test('an empty variable counts as unset', () => {
  expect(emulatedProviders({ TRUPHONE_CLIENT_ID: '', TRUPHONE_CLIENT_SECRET: '' })).toContain('truphone')
})

test('an optional variable alone makes no provider real', () => {
  expect(emulatedProviders({ IRIS_API_URL: 'https://iris.example' })).toContain('iris')
})

test('a provider with all its credentials is real, the others are emulated', () => {
  const { TRAVIS_CLIENT_ID, TRAVIS_CLIENT_SECRET, TRAVIS_API_URL } = everything
  const providers = chooseProviders({ TRAVIS_CLIENT_ID, TRAVIS_CLIENT_SECRET, TRAVIS_API_URL }, running)
  expect(providers.travis).toMatchObject({
    isEmulated: false,
    authorization: {
      server: { tokenEndpoint: expect.stringContaining('https://auth.yourtravis.com/') as string },
      resource: { baseUrl: 'https://api.travis.example/v2/' },
    },
  })
  expect(providers.customers).toMatchObject({ isEmulated: false, examples: [] })
  expect(providers.truphone.isEmulated).toBe(true)
})

test('with all credentials nothing needs the emulator', () => {
  const providers = chooseProviders(everything, undefined)
  expect(providerNames.filter(name => providers[name].isEmulated)).toEqual([])
})

test('customers hold no grant of the application', () => {
  expect(chooseProviders({}, running).customers.authorization.grant).toBeUndefined()
  expect(chooseProviders(everything, undefined).customers.authorization.grant).toBeUndefined()
})

test('what is missing is named at once, for all providers, without any value', () => {
  const env = { TRUPHONE_CLIENT_ID: 'fake-client', TEAM_SERVER_PASSWORD: 'fake-password' }
  const choose = (): unknown => chooseProviders(env, running)
  for (const name of ['TRUPHONE_CLIENT_SECRET', 'TEAM_SERVER_BASE_URL', 'TEAM_SERVER_USERNAME']) {
    expect(choose).toThrow(name)
  }
  expect(choose).not.toThrow('fake-')
})

test('a missing variable that two identities share is named once', () => {
  const choose = (): unknown => chooseProviders({ TRAVIS_CLIENT_ID: 'fake-client' }, running)
  expect(choose).toThrow(/^The environment cannot be used: [^\n]*TRAVIS_CLIENT_SECRET[^\n]*$/)
})
