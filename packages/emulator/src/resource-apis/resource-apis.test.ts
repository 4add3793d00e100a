import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import {
  askIris,
  frozenEmulator,
  inForm,
  post,
  readObject,
  readTokens,
  teamServerUrl,
  trafficStarsKey,
  travisCustomer,
  travisService,
  truphoneClient,
  withBearer,
} from '../emulator.test-support.ts'

interface Case {
  readonly path: string
  readonly provider: 'travis' | 'trafficStars' | 'teamServer' | 'iris' | 'truphone'
  readonly signIn: (emulator: Emulator, isLimited: boolean) => Promise<Response>
  /** A filter, and how many records it leaves. */
  readonly filter: readonly [string, number]
  readonly total: number
  readonly idMember: string
  readonly badPage: string
}

const travis = (emulator: Emulator, isLimited: boolean): Promise<Response> => {
  const { serviceAccount, limited } = emulator.travis.credentials
  const which = isLimited ? limited.serviceAccount : serviceAccount
  return post(emulator, emulator.travis.endpoints().tokenEndpoint, travisService(emulator, which))
}

const cases: readonly Case[] = [
  {
    path: 'vehicles',
    provider: 'travis',
    signIn: travis,
    filter: ['type=reefer_trailer', 42],
    total: 270,
    idMember: 'id',
    badPage: 'size=0',
  },
  {
    path: 'v1/campaigns',
    provider: 'trafficStars',
    signIn: (emulator, isLimited) => {
      const { apiKey, limited } = emulator.trafficStars.credentials
      const form = trafficStarsKey(emulator, isLimited ? limited.apiKey : apiKey)
      return post(emulator, emulator.trafficStars.endpoints().tokenEndpoint, form)
    },
    filter: ['country=de', 39],
    total: 240,
    idMember: 'id',
    badPage: 'limit=201',
  },
  {
    path: 'datasources',
    provider: 'teamServer',
    signIn: (emulator, isLimited) => {
      const { clientId, clientSecret } = emulator.teamServer.credentials.limited
      return emulator.fetch(teamServerUrl(emulator, isLimited ? inForm({ clientId, clientSecret }) : {}))
    },
    filter: ['platform=oracle', 48],
    total: 220,
    idMember: 'id',
    badPage: 'page=0',
  },
  {
    path: 'assets',
    provider: 'iris',
    signIn: (emulator, isLimited) => {
      const { credentials } = emulator.iris
      return askIris(emulator, isLimited ? credentials.limited : credentials)
    },
    filter: ['brand=JLG', 40],
    total: 230,
    idMember: 'id',
    badPage: 'page=-1',
  },
  {
    path: 'sims',
    provider: 'truphone',
    signIn: (emulator, isLimited) => {
      const { tokenEndpoint } = emulator.truphone.endpoints()
      const { credentials } = emulator.truphone
      return post(
        emulator,
        tokenEndpoint,
        truphoneClient(emulator, isLimited ? credentials.limited : credentials),
      )
    },
    filter: ['status=suspended', 33],
    total: 250,
    idMember: 'iccid',
    badPage: 'per_page=many',
  },
]

async function read(response: Response): Promise<{ records: Record<string, unknown>[]; total: number }> {
  const body: unknown = await response.json()
  const totalHeader = Number(response.headers.get('x-total-count'))
  if (Array.isArray(body)) return { records: body, total: totalHeader }
  const page = Object(body)
  return {
    records: page.content ?? page.response ?? page.items,
    total: page.page?.totalElements ?? page.total,
  }
}

describe.each(cases)('$path of $provider', ({ path, provider, signIn, filter, total, idMember, badPage }) => {
  const emulator = frozenEmulator()
  const url = emulator[provider].endpoints().apiUrl + path
  const ask = async (suffix: string, init?: RequestInit): Promise<Response> => {
    const { accessToken } = await readTokens(await signIn(emulator, false))
    return withBearer(emulator, url + suffix, accessToken, init)
  }

  it('lists at least 200 records, and one of them by its id', async () => {
    const { records, total: reported } = await read(await ask(''))
    expect(reported).toBe(total)
    const [first] = records
    expect(await readObject(await ask(`/${String(first![idMember])}`))).toEqual(first)
  })

  it('filters', async () => {
    const [query, expected] = filter
    expect((await read(await ask(`?${query}`))).total).toBe(expected)
  })

  it('answers 404 for an unknown id and an unknown path', async () => {
    for (const suffix of ['/nobody', '/%E0%A4%A', '/a/b', 'x']) {
      const response = await ask(suffix)
      expect([suffix, response.status]).toEqual([suffix, 404])
      expect(JSON.stringify(await readObject(response))).toContain('not_found')
    }
  })

  it('answers 400 for a page out of range', async () => {
    const response = await ask(`?${badPage}`)
    expect(response.status).toBe(400)
    expect(JSON.stringify(await readObject(response))).toContain('must be a whole number')
  })

  it('answers 405 for other methods, and HEAD without a body', async () => {
    const response = await ask('', { method: 'DELETE' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const head = await ask('', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, null])
  })

  it('challenges whoever brings no token without an error code', async () => {
    const response = await emulator.fetch(url)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer( realm="[^"]+")?$/)
  })

  it.each(['unknown', 'expired', 'revoked'])('refuses a token that is %s', async kind => {
    const other = frozenEmulator()
    const { accessToken } = await readTokens(await signIn(other, false))
    if (kind === 'expired') other.advance(100 * 86_400_000)
    if (kind === 'revoked') other[provider].revokeAccessTokens()
    const response = await withBearer(other, url, kind === 'unknown' ? 'abc' : accessToken)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/)
    expect(JSON.stringify(await readObject(response))).toContain('invalid_token')
  })

  it('expires tokens to the millisecond, by the lifetime in force at their issue', async () => {
    const other = frozenEmulator()
    other[provider].setLifetimes({ accessTokenMs: 1_500 })
    const { accessToken } = await readTokens(await signIn(other, false))
    other[provider].setLifetimes({ accessTokenMs: 1 })
    other.advance(1_499)
    expect((await withBearer(other, url, accessToken)).status).toBe(200)
    other.advance(1)
    expect((await withBearer(other, url, accessToken)).status).toBe(401)
  })

  it('answers 403 to a token without the permission', async () => {
    const { accessToken } = await readTokens(await signIn(emulator, true))
    const response = await withBearer(emulator, url, accessToken)
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
  })
})

describe('paging', () => {
  const emulator = frozenEmulator()
  const page = async (provider: Case['provider'], query: string): Promise<Response> => {
    const { path, signIn } = cases.find(candidate => candidate.provider === provider)!
    const { accessToken } = await readTokens(await signIn(emulator, false))
    return withBearer(emulator, `${emulator[provider].endpoints().apiUrl}${path}?${query}`, accessToken)
  }

  it('of TRAVIS and IRIS counts pages from 0', async () => {
    const body = await readObject(await page('travis', 'page=2&size=100'))
    expect(body['page']).toEqual({ number: 2, size: 100, totalElements: 270, totalPages: 3 })
    expect(body['content']).toHaveLength(70)
    expect((await readObject(await page('iris', 'page=2&size=100')))['content']).toHaveLength(30)
  })

  it('of TrafficStars has limit and offset', async () => {
    const body = await readObject(await page('trafficStars', 'limit=50&offset=230'))
    expect(body).toMatchObject({ total: 240, limit: 50, offset: 230 })
    expect(body['response']).toHaveLength(10)
  })

  it('of Team Server counts pages from 1', async () => {
    const body = await readObject(await page('teamServer', 'page=3&pageSize=100'))
    expect(body).toMatchObject({ page: 3, pageSize: 100, total: 220 })
    expect(body['items']).toHaveLength(20)
  })

  it('of Truphone links to the neighbours and keeps the filters', async () => {
    const response = await page('truphone', 'page=2&per_page=10&status=active')
    const base = 'https://services.truphone.com/connect-api/sims?page='
    const rest = '&per_page=10&status=active'
    const total = Number(response.headers.get('x-total-count'))
    expect(response.headers.get('link')).toBe(
      [
        `<${base}1${rest}>; rel="first"`,
        `<${base}1${rest}>; rel="prev"`,
        `<${base}3${rest}>; rel="next"`,
        `<${base}${Math.ceil(total / 10)}${rest}>; rel="last"`,
      ].join(', '),
    )
    expect(await response.json()).toHaveLength(10)
  })

  it('yields every record once', async () => {
    const seen = new Set<unknown>()
    for (let number = 0; number < 14; number += 1) {
      const { records } = await read(await page('travis', `page=${number}`))
      for (const { id } of records) seen.add(id)
    }
    expect(seen.size).toBe(270)
  })
})

describe('the TRAVIS API', () => {
  it('shows a customer its own vehicles only', async () => {
    const emulator = frozenEmulator()
    const { tokenEndpoint, apiUrl } = emulator.travis.endpoints()
    const [anna, luca] = emulator.travis.credentials.customers
    const vehiclesOf = async (who: typeof anna): Promise<Record<string, unknown>[]> => {
      const { accessToken } = await readTokens(
        await post(emulator, tokenEndpoint, travisCustomer(emulator, who)),
      )
      return (await read(await withBearer(emulator, `${apiUrl}vehicles?size=100`, accessToken))).records
    }
    const [annas, lucas] = [await vehiclesOf(anna), await vehiclesOf(luca)]
    expect(new Set(annas.map(({ customerId }) => customerId))).toEqual(new Set(['haulier-noord']))
    expect(annas).toHaveLength(90)
    const { accessToken } = await readTokens(
      await post(emulator, tokenEndpoint, travisCustomer(emulator, anna)),
    )
    const foreign = await withBearer(emulator, `${apiUrl}vehicles/${String(lucas[0]!['id'])}`, accessToken)
    expect(foreign.status).toBe(404)
  })

  it('opens locations to the limited accounts, and nothing to tokens without openid', async () => {
    const emulator = frozenEmulator()
    const { tokenEndpoint, apiUrl } = emulator.travis.endpoints()
    const { limited } = emulator.travis.credentials
    for (const form of [
      travisService(emulator, limited.serviceAccount),
      travisCustomer(emulator, limited.customer),
    ]) {
      const { accessToken } = await readTokens(await post(emulator, tokenEndpoint, form))
      expect((await withBearer(emulator, `${apiUrl}locations`, accessToken)).status).toBe(200)
      expect((await withBearer(emulator, `${apiUrl}vehicles`, accessToken)).status).toBe(403)
    }
    const form = { ...travisService(emulator), scope: '' }
    const { accessToken } = await readTokens(await post(emulator, tokenEndpoint, form))
    const response = await withBearer(emulator, `${apiUrl}locations?city=venlo`, accessToken)
    expect(response.status).toBe(403)
    expect(await response.json()).toEqual({
      status: 403,
      error: 'insufficient_scope',
      message: 'The access token lacks openid',
    })
  })

  it('refuses a token whose signature was tampered with', async () => {
    const emulator = frozenEmulator()
    const { accessToken } = await readTokens(await travis(emulator, false))
    const [header, payload, signature = ''] = accessToken.split('.')
    const tampered = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const { apiUrl } = emulator.travis.endpoints()
    expect((await withBearer(emulator, `${apiUrl}vehicles`, tampered)).status).toBe(401)
  })
})
