import { describe, expect, test } from 'vitest'
import { bundle, load } from './bundle.test-support.ts'

const browser = `export { createBrowserTokens } from '@evergrant/browser'`
const proxy = `export { createBrowserTokens } from '@evergrant/browser/proxy'`
// Not by its name: that package depends on this one.
const react = `export * from '../../react/src/index.ts'`

describe('a bundle for browsers', () => {
  test.each([browser, proxy, react])('holds neither the engine nor oauth4webapi: %s', async program => {
    const { code, files } = await bundle(program)
    expect(files.filter(file => /oauth4webapi|token-manager|credential|grants/.test(file))).toEqual([])
    expect(code).not.toMatch(/\b(?:localStorage|sessionStorage|indexedDB)\b/)
  })

  test('of proxy mode alone holds nothing that keeps tokens', async () => {
    const { files } = await bundle(proxy)
    expect(files.filter(file => /keeper|held-token|access-policy|tab-turns/.test(file))).toEqual([])
  })

  const secrets = `import { clientSecretBasic, passwordGrant } from '@evergrant/core'
    export const grant = () => passwordGrant({ username: 'zoe', password: 'fake-password' })
    export const client = () => clientSecretBasic('fake-secret')`

  test('C10 refuses passwords and client secrets, and says what to use', async () => {
    const { grant, client } = (await load((await bundle(secrets)).code)) as Record<string, () => unknown>
    for (const refused of [grant!, client!])
      expect(refused).toThrow(/@evergrant\/browser.*@evergrant\/server/)
  })

  test('of the same program for a server refuses nothing', async () => {
    const { grant } = (await load((await bundle(secrets, 'node')).code)) as Record<string, () => unknown>
    expect(grant!()).toMatchObject({ grantType: 'password' })
  })

  test('still has the waist and the pure decisions', async () => {
    const program = `export { decide, windowsOf, none } from '@evergrant/core'
      export { isEvergrantError } from '@evergrant/core/source'`
    const loaded = (await load((await bundle(program)).code)) as Record<
      string,
      (...given: never[]) => unknown
    >
    expect(loaded['isEvergrantError']!()).toBe(false)
    expect(loaded['none']!()).toMatchObject({ method: 'none' })
  })
})
