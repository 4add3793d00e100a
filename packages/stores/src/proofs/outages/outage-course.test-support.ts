import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'
import { connectStore } from '../connect-store.test-support.ts'
import type { StoreAddress } from '../connect-store.test-support.ts'
import { OutageCallers } from './outage-callers.test-support.ts'
import type { CallTally } from './outage-callers.test-support.ts'
import { openScene, patienceMs } from './outage-scene.test-support.ts'
import type { OutageScene } from './outage-scene.test-support.ts'

/** Something that stores depend on, and that can go away for a while. */
export interface Fallible {
  readonly kill: () => Promise<void>
  readonly restart: () => Promise<void>
}

/** A store that falls with it. */
interface FallingStore {
  readonly name: string
  readonly address: StoreAddress
}

/** How an outage went for one store under load. */
export interface OutageCourse {
  readonly name: string
  /** What the callers got while the store was down and their token still valid. */
  readonly valid: CallTally
  /** What calls brought that began after the token's end, while the store was down. */
  readonly expired: CallTally
  readonly tokensWhileDown: number
  /** The same, for a credential whose grant can be repeated. */
  readonly serviceWhileDown: CallTally
  readonly pendingCalls: number
  readonly redeemedWhileDown: number
  readonly backAfterMs: number
  /** What calls brought that began after the first new token. */
  readonly back: CallTally
  readonly refreshes: readonly number[]
  readonly grownMegabytes: number
}

/** What a call may take that has nothing to wait for, on a machine of two busy cores. */
const atOnceMs = 500
// postgres.js pauses for up to twenty seconds between attempts to connect, unless it is told otherwise.
const backWithinMs = 25_000
const mostGrownMegabytes = 20

/** Lets it fall for so long while fifty callers of each store ask all the time; the tokens expire after a third of it. */
export async function letFall(
  fallible: Fallible,
  stores: readonly FallingStore[],
  downMs: number,
): Promise<readonly OutageCourse[]> {
  const loads = await Promise.all(stores.map(load))
  let isUp = true
  try {
    const valid = loads.map(({ people }) => people.beginPhase())
    await fallible.kill()
    isUp = false
    await wait(downMs / 3)
    for (const { scene } of loads) scene.expire()
    const expired = loads.map(({ people }) => people.beginPhase())
    const services = loads.map(({ service }) => service.beginPhase())
    await wait(downMs / 3)
    const before = heapMegabytes()
    await wait(downMs / 3)
    const grownMegabytes = heapMegabytes() - before
    const late = loads.map(({ people, scene }, index) => ({
      // A call that waits for the store when it comes back may still get a token.
      tokensWhileDown: expired[index]!.tokens.size,
      pendingCalls: scene.pendingCalls(),
      redeemedWhileDown: scene.exchanges('refresh_token').length,
      tally: people.beginPhase(),
    }))
    await fallible.restart()
    isUp = true
    const backAfterMs = await Promise.all(late.map(({ tally }) => untilToken(tally)))
    const back = loads.map(({ people }) => people.beginPhase())
    // Whoever waits for the store still gets an answer.
    await wait(patienceMs + atOnceMs)
    return loads.map(({ name, scene }, index) => ({
      name,
      valid: valid[index]!,
      expired: expired[index]!,
      serviceWhileDown: services[index]!,
      ...late[index]!,
      backAfterMs: backAfterMs[index]!,
      back: back[index]!,
      refreshes: scene.exchanges('refresh_token'),
      grownMegabytes,
    }))
  } finally {
    if (!isUp) await fallible.restart()
    for (const { stop } of loads) await stop()
  }
}

/** Proves that nothing was lost, risked or held up. */
export function expectSurvived(course: OutageCourse, downMs: number): void {
  const { name, valid, expired, serviceWhileDown: service, back, ...rest } = course
  const seen = {
    valid: [valid.tokens.size, valid.errors.size, valid.slowestMs <= atOnceMs],
    expired: [rest.tokensWhileDown, expired.strayErrors, expired.errors.size > 0],
    isEachCallInTime: expired.slowestMs <= patienceMs + atOnceMs,
    service: [service.tokens.size, service.errors.size],
    // Clients that queue hold a few calls of each credential a second, however many callers there are.
    isQueueBounded: rest.pendingCalls <= downMs / 100,
    hasGrown: rest.grownMegabytes > mostGrownMegabytes,
    redeemedWhileDown: rest.redeemedWhileDown,
    isBack: rest.backAfterMs < backWithinMs,
    back: [back.tokens.size, back.errors.size],
    refreshes: rest.refreshes,
  }
  expect({ name, ...seen }, `${[...expired.errors.keys()].join()} ${JSON.stringify(rest)}`).toEqual({
    name,
    valid: [1, 0, true],
    expired: [0, 0, true],
    isEachCallInTime: true,
    service: [1, 0],
    isQueueBounded: true,
    hasGrown: false,
    redeemedWhileDown: 0,
    isBack: true,
    back: [1, 0],
    refreshes: [200],
  })
}

interface Load {
  readonly name: string
  readonly scene: OutageScene
  readonly people: OutageCallers
  readonly service: OutageCallers
  readonly stop: () => Promise<void>
}

async function load({ name, address }: FallingStore): Promise<Load> {
  const { store, close } = await connectStore(address)
  const scene = await openScene(store)
  const people = new OutageCallers(scene.tokens, 50)
  const service = new OutageCallers(scene.service, 10)
  const stop = async (): Promise<void> => {
    await Promise.all([people.stop(), service.stop()])
    await scene.close()
    await close()
  }
  return { name, scene, people, service, stop }
}

async function untilToken({ tokens }: CallTally): Promise<number> {
  const startedAt = performance.now()
  while (tokens.size === 0 && performance.now() - startedAt < backWithinMs) await wait(20)
  return Math.round(performance.now() - startedAt)
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapMegabytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}
