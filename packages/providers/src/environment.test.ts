import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { envExample, erStudioTeamServer, trackunitIris, trafficStars, travis, truphone } from './index.ts'

const text = envExample([travis.customer, trafficStars, erStudioTeamServer, trackunitIris, truphone])

test('the committed .env.example is what the providers’ options say', () => {
  expect(readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')).toBe(text)
})

test('an example names every variable once and gives no value', () => {
  const variables = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  expect(new Set(variables).size).toBe(variables.length)
  expect(variables.every(line => /^[A-Z_]+=$/.test(line))).toBe(true)
})
