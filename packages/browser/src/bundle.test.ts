import { brotliCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bundle, load } from './bundle.test-support.ts'

/** Above this, in bytes, somebody should ask why. */
const largestBundle = 10_500

describe('a bundle for browsers', () => {
  test('with createBrowserTokens is small, and holds neither the engine nor oauth4webapi', async () => {
    const { code, files } = await bundle(`export { createBrowserTokens } from '@evergrant/browser'`)
    expect(files.filter(file => /oauth4webapi|token-manager|credential|grants/.test(file))).toEqual([])
    expect(brotliCompressSync(code).length).toBeLessThan(largestBundle)
    expect(code).not.toMatch(/\b(?:localStorage|sessionStorage|indexedDB)\b/)
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
