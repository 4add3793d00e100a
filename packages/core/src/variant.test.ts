import { describe, expect, test } from 'vitest'
import { variantKey, variantParameters } from './variant.ts'

describe('a variant', () => {
  test('of nothing is the credential itself', () => {
    for (const variant of [
      {},
      { scope: undefined, resource: undefined },
      { scope: '' },
      { scope: ' \t' },
      { resource: '' },
    ]) {
      expect(variantKey(variant)).toBe('')
      expect(variantParameters(variant)).toEqual({})
    }
  })

  test('is the same one whatever the order, the spacing and the repetition of its scope', () => {
    const keys = ['a b', 'b a', ' b  a ', 'b\ta', 'a b a'].map(scope => variantKey({ scope }))
    expect(new Set(keys)).toEqual(new Set(['scope=a+b']))
  })

  test('differs by scope and by resource', () => {
    const variants = [
      {},
      { scope: 'a' },
      { scope: 'A' },
      { scope: 'ab' },
      { scope: 'a b' },
      { resource: 'a' },
      { scope: 'a', resource: 'a' },
      { resource: 'https://api.example.test/' },
      { resource: 'https://api.example.test' },
    ]
    expect(new Set(variants.map(variantKey)).size).toBe(variants.length)
  })

  test('cannot be taken for another one by what its names contain', () => {
    expect(variantKey({ scope: 'a&resource=b' })).not.toBe(variantKey({ scope: 'a', resource: 'b' }))
    expect(variantKey({ scope: 'a&resource=b' })).toBe('scope=a%26resource%3Db')
  })

  test('C8 asks for its scope in the order given, and for its resource', () => {
    expect(variantParameters({ scope: ' write  read ', resource: 'https://api.example.test/' })).toEqual({
      scope: 'write read',
      resource: 'https://api.example.test/',
    })
    expect(variantParameters({ scope: 'read' })).toEqual({ scope: 'read' })
  })
})
