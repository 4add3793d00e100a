import { describe, expect, test } from 'vitest'
import { createEmulator } from '../emulator.ts'
import type { Emulator } from '../emulator.ts'

const page = 'http://127.0.0.1:3002'

interface Init {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

function ask(emulator: Emulator, path: string, init: Init = {}, origin = page): Promise<Response> {
  return emulator.fetch(`http://emulator.test/travis/${path}`, {
    ...init,
    headers: { ...init.headers, origin },
  })
}

const preflight = {
  method: 'OPTIONS',
  headers: { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
}

describe('the pages that may read an API', () => {
  test('are none at first', async () => {
    const emulator = createEmulator()
    const answers = [await ask(emulator, 'api/vehicles'), await ask(emulator, 'api/vehicles', preflight)]
    for (const { headers } of answers) expect(headers.has('access-control-allow-origin')).toBe(false)
  })

  test('are those of the origins that were named, and read refusals and faults, too', async () => {
    const emulator = createEmulator()
    emulator.travis.setPageOrigins([page])
    emulator.travis.faults.add({ kind: 'status', status: 503, on: 'api' })
    for (const status of [503, 401]) {
      const answer = await ask(emulator, 'api/vehicles')
      expect(answer.status).toBe(status)
      expect(answer.headers.get('access-control-allow-origin')).toBe(page)
      expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    }
    const foreign = await ask(emulator, 'api/vehicles', {}, 'http://127.0.0.1:3003')
    expect(foreign.headers.has('access-control-allow-origin')).toBe(false)
  })

  test('have their preflight answered, of which the journal says nothing', async () => {
    const emulator = createEmulator()
    emulator.travis.setPageOrigins([page])
    const answer = await ask(emulator, 'api/vehicles', preflight)
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization')
    expect(emulator.journal.count()).toBe(0)
  })

  test('never read what the authorization server answers', async () => {
    const emulator = createEmulator()
    emulator.travis.setPageOrigins([page])
    const { pathname } = new URL(emulator.travis.endpoints('http://emulator.test').tokenEndpoint)
    const answer = await ask(emulator, pathname.replace('/travis/', ''), { method: 'POST' })
    expect(answer.headers.has('access-control-allow-origin')).toBe(false)
  })

  test.each(['http://127.0.0.1:3002/', '*', 'example.com'])('%s is refused, being no origin', origin => {
    expect(() => createEmulator().travis.setPageOrigins([origin])).toThrow(TypeError)
  })
})
