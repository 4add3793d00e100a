import { describe, expect, test } from 'vitest'
import * as browserBuild from './browser.ts'
import { isConfigurationError } from './errors/index.ts'
import * as fullBuild from './index.ts'

const refused = [
  'clientCredentials',
  'clientSecretBasic',
  'clientSecretJwt',
  'clientSecretPost',
  'passwordGrant',
] as const

const browser: Readonly<Record<string, unknown>> = { ...browserBuild }
const full: Readonly<Record<string, unknown>> = { ...fullBuild }

describe('the build for browsers', () => {
  test.each(refused)('C10 refuses %s, and names what to use', name => {
    const refuse = browser[name] as () => unknown
    let thrown: unknown
    try {
      refuse()
    } catch (error) {
      thrown = error
    }
    expect(isConfigurationError(thrown)).toBe(true)
    expect(String(thrown)).toMatch(/@evergrant\/browser.*@evergrant\/server/)
  })

  test('has everything else of the full build, the very same', () => {
    expect(Object.keys(browser).toSorted()).toEqual(Object.keys(full).toSorted())
    const differing = Object.keys(full).filter(name => browser[name] !== full[name])
    expect(differing.toSorted()).toEqual([...refused])
  })
})
