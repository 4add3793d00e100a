import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestDemo } from './page.test-support.ts'

describe('the server of the demo', () => {
  let demo: TestDemo

  beforeAll(async () => {
    demo = await TestDemo.start()
  })

  afterAll(() => demo.close())

  const own = (): Record<string, string> => ({ 'x-evergrant': '1', origin: demo.url })

  async function signIn(name: 'team-server' | 'travis'): Promise<{ cookie: string; signInId: string }> {
    const { username, password } = demo.account(name === 'travis' ? 'travis' : 'teamServer')
    const response = await fetch(`${demo.url}/api/auth/${name}/sign-in`, {
      method: 'POST',
      headers: { ...own(), 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    })
    const { signInId } = (await response.json()) as { signInId: string }
    return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '', signInId }
  }

  const token = (name: string, cookie: string): Promise<Response> =>
    fetch(`${demo.url}/api/auth/${name}/token`, { method: 'POST', headers: { ...own(), cookie } })

  test('hands out tokens of TRAVIS and counts them, and never one of Team Server', async () => {
    const [teamServer, travis] = [await signIn('team-server'), await signIn('travis')]
    expect((await token('team-server', teamServer.cookie)).status).toBe(404)
    const answer = (await (await token('travis', travis.cookie)).json()) as Record<string, unknown>
    expect(answer['accessToken']).toMatch(/^ey/)
    expect(JSON.stringify(answer)).not.toContain('refresh')
    const counted = await fetch(`${demo.url}/api/token-answers`, { headers: { cookie: travis.cookie } })
    expect(await counted.json()).toEqual({ count: 1 })
  })

  test('tells the events of the sign-in that is named, and of no other', async () => {
    const { cookie, signInId } = await signIn('travis')
    const first = async (id: string): Promise<string> => {
      const stop = new AbortController()
      const { body } = await fetch(`${demo.url}/api/events?travis=${id}`, {
        headers: { cookie },
        signal: stop.signal,
      })
      const timer = setTimeout(() => stop.abort(), 300)
      let text = ''
      try {
        for await (const chunk of body ?? []) text += new TextDecoder().decode(chunk)
      } catch {
        // It was stopped.
      }
      clearTimeout(timer)
      return text
    }
    expect(await first(signInId)).toMatch(/event: token\ndata: {"name":"travis"/)
    expect(await first('another')).not.toContain('data:')
  })

  test('lets only its own page make a token expire', async () => {
    const post = (headers: Record<string, string>): Promise<number> =>
      fetch(`${demo.url}/api/expire/travis`, { method: 'POST', headers }).then(({ status }) => status)
    expect(await post({ 'x-evergrant': '1', origin: 'http://127.0.0.1:1' })).toBe(403)
    expect(await post({ origin: demo.url })).toBe(403)
    expect(await post(own())).toBe(204)
  })

  test('answers to no other host name', async () => {
    const status = await new Promise(resolve => {
      request(demo.url, { headers: { host: 'evil.example' } }, response => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(status).toBe(421)
  })

  test('allows scripts, styles and connections of its own, and the API’s origin', async () => {
    const { headers } = await fetch(demo.url)
    const policy = headers.get('content-security-policy') ?? ''
    const { origin } = new URL(demo.emulator.travis.endpoints(demo.apiOrigin).apiUrl)
    expect(policy).toContain(`connect-src 'self' ${origin};`)
    expect(policy).not.toMatch(/unsafe|\*/)
  })

  test('says what nobody serves', async () => {
    const response = await fetch(`${demo.url}/api/nothing`)
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: { code: 'not_found', message: 'Nothing is served here.' } },
    ])
    expect(demo.faults).toEqual([])
  })
})
