import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSurvived, letFall } from './outage-course.test-support.ts'
import { outageFigures, reportOutages } from './outage-figures.test-support.ts'
import { fallingStores, outageAddress, startOutageServers } from './outage-servers.test-support.ts'
import type { OutageServers } from './outage-servers.test-support.ts'

// EVERGRANT_FLEET=full: the outage of the nightly run.
const isFull = process.env['EVERGRANT_FLEET'] === 'full'
const downMs = isFull ? 30_000 : 3000

let servers: OutageServers
const figures: (readonly string[])[] = []

describe.skipIf(startOutageServers === undefined)(`${downMs / 1000} seconds without a store`, () => {
  beforeAll(async () => void (servers = await startOutageServers!()), 120_000)
  afterAll(async () => {
    for (const name of ['bouncer', 'redis', 'database'] as const) await servers[name].stop()
    reportOutages(downMs, figures)
  })

  test.each(['redis', 'database', 'bouncer'] as const)(
    'C81 F46 %s: memory serves, no refresh token is risked, calls say what failed, and afterwards all goes on',
    async which => {
      const stores = fallingStores[which].map((name, index) => {
        const records = `outage${which}${'abcd'[index]}`
        return { name, address: outageAddress(servers, name, records) }
      })
      const courses = await letFall(servers[which], stores, downMs)
      expect(courses).toHaveLength(stores.length)
      figures.push(...courses.map(course => outageFigures(which, course)))
      for (const course of courses) expectSurvived(course, downMs)
    },
    downMs + 120_000,
  )
})
