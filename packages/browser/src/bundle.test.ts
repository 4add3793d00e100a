import { brotliCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bundle, load } from './bundle.test-support.ts'

const brotliBytes = async (program: string): Promise<number> =>
  brotliCompressSync((await bundle(program)).code).length

const browser = `export { createBrowserTokens } from '@evergrant/browser'`
const proxy = `export { createBrowserTokens } from '@evergrant/browser/proxy'`
// Not by its name: that package depends on this one.
const react = `export * from '../../react/src/index.ts'`
const oneGrant = `export { clientCredentials, clientSecretPost, createTokenManager } from '@evergrant/core'`

describe('a bundle for browsers', () => {
  // Measured, and 3 %: above it, somebody should ask why.
  test.each([
    { title: 'everything', program: browser, mostBytes: 10_087 },
    { title: 'proxy mode alone', program: proxy, mostBytes: 7048 },
    { title: 'everything, with the hooks', program: `${browser}\n${react}`, mostBytes: 11_074 },
    { title: 'proxy mode alone, with the hooks', program: `${proxy}\n${react}`, mostBytes: 8061 },
  ])('is small: $title', async ({ program, mostBytes }) => {
    expect(await brotliBytes(program)).toBeLessThan(mostBytes)
  })

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

test('a bundle for servers with the engine and one grant, oauth4webapi included, is no larger than it was', async () => {
  const { code } = await bundle(oneGrant, 'node')
  expect(brotliCompressSync(code).length).toBeLessThan(25_269)
})
