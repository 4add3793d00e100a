import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Environment, RunningEmulator } from './choose-providers.ts'
import { executablePath, GatewayPage, launchBrowser, shows, titles } from './page.test-support.ts'

const wrongSecret = 'fake-secret-that-is-wrong'
const wrongPassword = 'fake-password-that-is-wrong'
// Nothing listens there, and nobody may without being root.
const nowhere = 'http://127.0.0.1:1'

function travisOf({ emulator, url }: RunningEmulator): Environment {
  const { clientId, clientSecret } = emulator.travis.credentials.serviceAccount
  const { tokenEndpoint, apiUrl } = emulator.travis.endpoints(url)
  return {
    TRAVIS_CLIENT_ID: clientId,
    TRAVIS_CLIENT_SECRET: clientSecret,
    TRAVIS_TOKEN_ENDPOINT: tokenEndpoint,
    TRAVIS_API_URL: apiUrl,
  }
}

function teamServerOf({ emulator, url }: RunningEmulator): Environment {
  const { clientId, clientSecret, username, password } = emulator.teamServer.credentials
  return {
    TEAM_SERVER_BASE_URL: emulator.teamServer.endpoints(url).baseUrl,
    TEAM_SERVER_CLIENT_ID: clientId,
    TEAM_SERVER_CLIENT_SECRET: clientSecret,
    TEAM_SERVER_USERNAME: username,
    TEAM_SERVER_PASSWORD: password,
  }
}

describe.skipIf(executablePath === undefined)('the page of a gateway that is configured wrongly', () => {
  let browser: Browser
  let website: Server
  let websiteUrl: string
  let shown: GatewayPage

  beforeAll(async () => {
    browser = await launchBrowser()
    website = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Welcome</title>')
    })
    await new Promise<void>(resolve => void website.listen(0, '127.0.0.1', resolve))
    websiteUrl = `http://127.0.0.1:${(website.address() as AddressInfo).port}`
  })

  afterAll(async () => {
    await browser.close()
    website.close()
  })

  afterEach(() => shown.close())

  interface Mistake {
    readonly what: string
    readonly title: (typeof titles)[number]
    readonly env: (running: RunningEmulator) => Environment
    /** What the card's state is, and what it says has failed. */
    readonly state: string
    readonly says: RegExp
    /** What to look at. */
    readonly names: readonly string[]
  }

  const mistakes: readonly Mistake[] = [
    {
      what: 'a wrong client secret',
      title: 'TRAVIS',
      env: running => ({ ...travisOf(running), TRAVIS_CLIENT_SECRET: wrongSecret }),
      state: 'No access token',
      says: /refused the token request \(401 unauthorized_client.*Check the client id and the client secret/,
      names: ['TRAVIS_CLIENT_ID', 'TRAVIS_CLIENT_SECRET'],
    },
    {
      what: 'a wrong password',
      title: 'ER/Studio Team Server',
      env: running => ({ ...teamServerOf(running), TEAM_SERVER_PASSWORD: wrongPassword }),
      state: 'Refused',
      says: /refused the token request \(400 invalid_grant.*Check the user name and the password/,
      names: ['TEAM_SERVER_USERNAME', 'TEAM_SERVER_PASSWORD'],
    },
    {
      what: 'a base URL where nobody listens',
      title: 'ER/Studio Team Server',
      env: running => ({ ...teamServerOf(running), TEAM_SERVER_BASE_URL: nowhere }),
      state: 'No access token',
      says: /^No answer from http:\/\/127\.0\.0\.1:1\/\S+: the connection failed/,
      names: ['TEAM_SERVER_BASE_URL'],
    },
    {
      what: 'a base URL of some website',
      title: 'ER/Studio Team Server',
      env: running => ({ ...teamServerOf(running), TEAM_SERVER_BASE_URL: websiteUrl }),
      state: 'No access token',
      says: /answered 200 with an HTML page, which is no token response/,
      names: ['TEAM_SERVER_BASE_URL'],
    },
    {
      what: 'an API URL of some website',
      title: 'TRAVIS',
      env: running => ({ ...travisOf(running), TRAVIS_API_URL: websiteUrl }),
      state: 'Fresh',
      says: /^TRAVIS answered with something else than a list of records/,
      names: ['TRAVIS_API_URL'],
    },
    {
      what: 'an API URL where nobody listens',
      title: 'TRAVIS',
      env: running => ({ ...travisOf(running), TRAVIS_API_URL: nowhere }),
      state: 'Fresh',
      says: /^The API of TRAVIS cannot be reached/,
      names: ['TRAVIS_API_URL'],
    },
    {
      what: 'no API URL',
      title: 'TRAVIS',
      env: running => ({ ...travisOf(running), TRAVIS_API_URL: '' }),
      state: 'Not used yet',
      says: /TRAVIS documents no address of its API/,
      names: ['TRAVIS_API_URL'],
    },
  ]

  test.each(mistakes)('says what $what breaks and which variable it is', async mistake => {
    shown = await GatewayPage.start(browser, { gateway: { env: mistake.env } })
    const others = titles.filter(title => title !== mistake.title)
    await shown.open(others)
    await shows(shown.card(mistake.title).locator('.records .failure'), mistake.says)
    const failure = await shown.failureOf(mistake.title)
    for (const name of mistake.names) expect(failure).toContain(name)
    await expect.poll(() => shown.stateOf(mistake.title)).toBe(mistake.state)
    expect(await shown.card(mistake.title).locator('.badge').textContent()).toBe('Real API')
    expect(await shown.card(mistake.title).locator('.faults').isVisible()).toBe(false)

    for (const title of others) {
      await expect.poll(() => shown.stateOf(title)).toBe('Fresh')
      expect(await shown.rowsOf(title)).toBe(5)
    }
    await expectNoSecret()
    expect(shown.complaints).toEqual([])
    expect(shown.gateway.faults).toEqual([])
  })

  test('says that the client is wrong, and not the password, when a customer signs in', async () => {
    const env = (running: RunningEmulator): Environment => ({
      ...travisOf(running),
      TRAVIS_CLIENT_SECRET: wrongSecret,
    })
    shown = await GatewayPage.start(browser, { gateway: { env } })
    await shown.open(titles.slice(1))
    const { username, password } = shown.gateway.emulator.travis.credentials.customers[0]
    await shown.page.getByLabel('User name').fill(username)
    await shown.page.getByLabel('Password', { exact: true }).fill(password)
    await shown.page.getByRole('button', { name: 'Sign in' }).click()
    const outcome = shown.card('TRAVIS customer').locator('.outcome')
    await shows(outcome, /Check the client id and the client secret.* TRAVIS_CLIENT_SECRET/)
    await expectNoSecret()
    expect(shown.complaints).toEqual([])
  })

  // Not only what is to be seen: the page's whole text, and what the gateway tells it.
  async function expectNoSecret(): Promise<void> {
    const { travis, teamServer } = shown.gateway.emulator
    const secrets = [
      wrongSecret,
      wrongPassword,
      travis.credentials.serviceAccount.clientSecret,
      teamServer.credentials.clientSecret,
      teamServer.credentials.password,
    ]
    const status = await (await fetch(`${shown.gateway.url}/api/status`)).text()
    const text = (await shown.page.content()) + (await shown.page.locator('body').innerText()) + status
    for (const secret of secrets) expect(text).not.toContain(secret)
  }
})
