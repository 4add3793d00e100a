import { erStudioTeamServer, trafficStars, travis } from '@evergrant/providers'
import { expect, test } from 'vitest'
import { settingsAdvice, settingsOf } from './settings-advice.ts'

const teamServer = settingsOf(erStudioTeamServer.options, {
  TEAM_SERVER_BASE_URL: 'https://teamserver.example.com',
  TEAM_SERVER_CLIENT_ID: 'fake-client',
  TEAM_SERVER_CLIENT_SECRET: 'fake-secret',
  TEAM_SERVER_USERNAME: 'fake-user',
  TEAM_SERVER_PASSWORD: 'fake-password',
})

test.each([
  ['client_misconfigured', 'TEAM_SERVER_CLIENT_ID, TEAM_SERVER_CLIENT_SECRET and TEAM_SERVER_BASE_URL'],
  ['credentials_rejected', 'TEAM_SERVER_USERNAME and TEAM_SERVER_PASSWORD'],
  ['network_error', 'TEAM_SERVER_BASE_URL'],
  ['malformed_response', 'TEAM_SERVER_BASE_URL'],
  ['api_not_found', 'TEAM_SERVER_BASE_URL'],
])('after %s the advice names %s', (code, names) => {
  const advice = ` See ${names} in the environment; start the gateway again after a change.`
  expect(settingsAdvice(code, teamServer)).toBe(advice)
})

test('an API key is a credential', () => {
  const settings = settingsOf(trafficStars.options, { TRAFFICSTARS_API_KEY: 'fake-key' })
  expect(settingsAdvice('credentials_rejected', settings)).toContain('TRAFFICSTARS_API_KEY')
})

test.each([
  ['server_unavailable', teamServer],
  ['constructor', teamServer],
  ['network_error', undefined],
  ['api_unreachable', settingsOf(travis.serviceAccount.options, { TRAVIS_API_URL: '' })],
])('after %s with %j no variable is to blame', (code, settings) => {
  expect(settingsAdvice(code, settings)).toBe('')
})
