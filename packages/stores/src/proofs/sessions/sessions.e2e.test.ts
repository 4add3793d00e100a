import { setTimeout as wait } from 'node:timers/promises'
import { findRedis, startRedis } from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { reportTable } from '../proof-report.test-support.ts'
import type { BrowserAnswer, SessionBrowser } from './session-browser.test-support.ts'
import { SessionSite } from './session-site.test-support.ts'
import type { SessionInstance } from './session-site.test-support.ts'

// Instances of an application in processes of their own, with nothing in common but one Redis.

// EVERGRANT_FLEET=full: also the other two pairs.
const isFull = process.env['EVERGRANT_FLEET'] === 'full'
const rows = [
  ['store', 'node-redis'],
  ['cookie', 'ioredis'],
  ...(isFull
    ? ([
        ['store', 'ioredis'],
        ['cookie', 'node-redis'],
      ] as const)
    : []),
] as const

const [anna, luca] = [0, 1]

let redis: StartedServer
let site: SessionSite
const figures: string[][] = []
let one: SessionInstance
let two: SessionInstance

/** A hundred requests at once, from all these browsers to all these instances: for the token, and through the proxy. */
function storm(
  instances: readonly SessionInstance[],
  browsers: readonly SessionBrowser[],
): Promise<BrowserAnswer[]> {
  const requests = Array.from({ length: 100 }, (_, index) => {
    const browser = browsers[index % browsers.length]!
    const { port } = instances[Math.floor(index / browsers.length) % instances.length]!
    return browser.send(port, index % 3 === 0 ? 'GET travis/vehicles' : 'POST auth/token')
  })
  return Promise.all(requests)
}

const statusesOf = (answers: readonly BrowserAnswer[]): number[] => [
  ...new Set(answers.map(({ status }) => status)),
]

function tokensOf(answers: readonly BrowserAnswer[]): string[] {
  const given = answers.flatMap(({ body }) => (body as { accessToken?: string }).accessToken ?? [])
  return [...new Set(given)]
}

/** Whose token it is, says the server that made it. */
async function ownerOf(token: string): Promise<unknown> {
  const { emulator, url } = site.server
  const { apiUrl } = emulator.travis.endpoints(url)
  const { status } = await fetch(`${apiUrl}vehicles`, { headers: { authorization: `Bearer ${token}` } })
  return [status, emulator.journal.entries({ kind: 'api' }).at(-1)?.username]
}

/** Whom an instance takes each browser for. */
async function usersOf({ port }: SessionInstance, browsers: readonly SessionBrowser[]): Promise<unknown[]> {
  const answers = await Promise.all(browsers.map(browser => browser.send(port, 'GET auth/session')))
  const users = answers.map(({ body }) => (body as { username?: string }).username ?? 'nobody')
  return [...new Set(users)]
}

describe.skipIf(findRedis() === undefined)('two instances and one Redis', () => {
  beforeAll(async () => void (redis = await startRedis()), 60_000)
  afterAll(async () => {
    await redis.stop()
    const headers = ['tokens in', 'client', 'requests at once', 'answered 200', 'refreshes']
    reportTable('Sessions: two instances, one Redis, one old cookie', headers, figures)
  })

  describe.each(rows)('with the tokens in the %s, through %s', (mode, kind) => {
    beforeAll(async () => {
      const name = `sessions${mode}${kind.replace('-', '')}`
      site = await SessionSite.start(mode, { kind, at: `${redis.port}`, name })
      ;[one, two] = [await site.add(), await site.add()]
    }, 30_000)
    afterAll(() => site.stop())
    beforeEach(() => site.server.emulator.journal.clear())

    test('F1 F2 a hundred requests at once with one old cookie cause one refresh, and log nobody out', async () => {
      const old = await site.signIn(one, anna)
      const other = await site.signIn(two, luca)
      await site.expire()
      const answers = await storm([one, two], [old])
      const served = answers.filter(({ status }) => status === 200).length
      figures.push([mode, kind, `${answers.length}`, `${served}`, `${site.refreshes.length}`])
      expect(statusesOf(answers)).toEqual([200])
      expect(tokensOf(answers)).toHaveLength(1)
      expect(await ownerOf(tokensOf(answers)[0]!)).toEqual([200, site.usernameOf(anna)])
      expect(site.refreshes).toEqual([200])
      for (const instance of [one, two]) {
        const all = answers.map(({ browser }) => browser)
        expect(await usersOf(instance, [old, ...all])).toEqual([site.usernameOf(anna)])
        expect(await usersOf(instance, [other])).toEqual([site.usernameOf(luca)])
      }
      // The cookies of two generations at once, and the one that was lost on the way.
      const next = answers.find(({ status }) => status === 200)!.browser
      await site.expire()
      const mixed = await storm([two, one], [old, next])
      expect([statusesOf(mixed), tokensOf(mixed).length]).toEqual([[200], 1])
      expect(site.refreshes).toEqual([200, 200])
    }, 60_000)

    test('F14 two users whose tokens expire at once refresh once each, and keep their own', async () => {
      const [annas, lucas] = [await site.signIn(one, anna), await site.signIn(two, luca)]
      await site.expire()
      const [forAnna, forLuca] = await Promise.all([storm([one, two], [annas]), storm([two, one], [lucas])])
      expect([statusesOf(forAnna), statusesOf(forLuca)]).toEqual([[200], [200]])
      const tokens = [tokensOf(forAnna), tokensOf(forLuca)]
      expect(tokens.map(({ length }) => length)).toEqual([1, 1])
      for (const [index, customer] of [anna, luca].entries())
        expect(await ownerOf(tokens[index]![0]!)).toEqual([200, site.usernameOf(customer)])
      expect(site.refreshes).toEqual([200, 200])
    }, 60_000)

    test('a sign-out on one instance is seen by the other at once, with old cookies too', async () => {
      const old = await site.signIn(one, anna)
      const other = await site.signIn(two, luca)
      await site.expire()
      const [{ browser }] = (await storm([one, two], [old])) as [BrowserAnswer]
      const out = await browser.send(one.port, 'POST auth/sign-out')
      expect([out.status, out.browser.isWithoutCookies]).toEqual([200, true])
      for (const instance of [two, one]) {
        expect(await usersOf(instance, [old, browser])).toEqual(['nobody'])
        expect(statusesOf(await storm([instance], [old, browser]))).toEqual([401])
        expect(await usersOf(instance, [other])).toEqual([site.usernameOf(luca)])
      }
      await site.expire()
      expect(statusesOf(await storm([two, one], [old, browser]))).toEqual([401])
      expect(site.refreshes).toEqual([200])
    }, 60_000)

    test('F58 a refresh that is under way on one instance does not undo a sign-out on the other', async () => {
      const old = await site.signIn(one, anna)
      await site.expire()
      const slow = site.server.emulator.travis.faults.add({ kind: 'delay', ms: 500 })
      const underWay = storm([two], [old])
      await expect.poll(() => slow.applied).toBe(1)
      expect((await old.send(one.port, 'POST auth/sign-out')).status).toBe(200)
      const late = (await underWay).map(({ browser }) => browser)
      for (const instance of [one, two]) expect(await usersOf(instance, [old, ...late])).toEqual(['nobody'])
      expect(tokensOf(await storm([one, two], [old, ...late]))).toEqual([])
    }, 60_000)

    test('F5 an instance that is killed under load and one that takes its place log nobody out', async () => {
      const victim = await site.add()
      const old = await site.signIn(victim, anna)
      await site.expire()
      // Another instance holds the claim; the victim dies while its requests wait for it.
      const slow = site.server.emulator.travis.faults.add({ kind: 'delay', ms: 700 })
      const answered = storm([one], [old])
      await expect.poll(() => slow.applied).toBe(1)
      const lost = storm([victim], [old]).catch(() => 'lost')
      await wait(100)
      await victim.kill()
      expect(await lost).toBe('lost')
      const heir = await site.add()
      const answers = [...(await answered), ...(await storm([heir], [old]))]
      expect([statusesOf(answers), tokensOf(answers).length]).toEqual([[200], 1])
      expect(site.refreshes).toEqual([200])
      // Whoever comes now knows nothing but Redis.
      await heir.kill()
      await site.expire()
      const next = await site.add()
      const after = await storm([next, two], [old, answers[0]!.browser])
      expect([statusesOf(after), tokensOf(after).length]).toEqual([[200], 1])
      expect(site.refreshes).toEqual([200, 200])
    }, 60_000)
  })
})
