import { passwordGrant } from '@evergrant/core'
import type { TokenStore } from '@evergrant/core'
import { createClient } from 'redis'
import { connectStore } from '../../packages/stores/src/proofs/connect-store.test-support.ts'
import type { StoreAddress } from '../../packages/stores/src/proofs/connect-store.test-support.ts'
import { withForwardAges } from '../../packages/stores/src/proofs/fleet/fleet-clock.test-support.ts'
import type { ForwardClock } from '../../packages/stores/src/proofs/fleet/fleet-clock.test-support.ts'
import { fleetTokens } from '../../packages/stores/src/proofs/fleet/fleet-tokens.test-support.ts'
import type { FleetServer } from '../../packages/stores/src/proofs/fleet/fleet-tokens.test-support.ts'
import { HandMadeTokens } from './hand-made-tokens.ts'

/** Which tokens a process uses, and with what. */
export interface SubjectTask extends FleetServer {
  readonly kind: 'evergrant' | 'by-hand'
  readonly address: StoreAddress
}

/** The moments at which a process can be made to stop or die. */
export const moments = ['after the claim', 'before sending', 'after the answer'] as const

export type Moment = (typeof moments)[number]

/** What a process did with its store. */
export interface StoreOperations {
  readonly reads: number
  readonly writes: number
  readonly refusedWrites: number
}

/** The tokens of one process, of either making. */
export interface Subject {
  readonly signIn: () => Promise<void>
  readonly getAccessToken: () => Promise<string>
  /** Since it was last asked; by hand nothing is counted. */
  readonly takeOperations: () => StoreOperations
  /** How long a read and a write of the store took, each the median, in milliseconds. */
  readonly timeStore: (times: number) => Promise<readonly [number, number]>
  readonly close: () => Promise<unknown>
}

/** Opens a store with a client of its own, and the tokens on it. */
export function openSubject(
  task: SubjectTask,
  clock: ForwardClock,
  reached: (moment: Moment) => void,
): Promise<Subject> {
  const fetch: typeof globalThis.fetch = async (...request) => {
    reached('before sending')
    const response = await globalThis.fetch(...request)
    reached('after the answer')
    return response
  }
  return task.kind === 'evergrant'
    ? openEvergrant(task, clock, fetch, reached)
    : openByHand(task, clock, fetch, reached)
}

async function openEvergrant(
  task: SubjectTask,
  clock: ForwardClock,
  fetch: typeof globalThis.fetch,
  reached: (moment: Moment) => void,
): Promise<Subject> {
  const { store, close } = await connectStore(task.address)
  let operations = { reads: 0, writes: 0, refusedWrites: 0 }
  const counted: TokenStore = {
    ...(store.watch && { watch: listener => store.watch?.(listener) as Disposable }),
    read: key => {
      operations.reads++
      return store.read(key)
    },
    write: async (...write) => {
      operations.writes++
      const result = await store.write(...write)
      if (!result.ok) operations.refusedWrites++
      // Of an exchange the claim is the first write that stands.
      else reached('after the claim')
      return result
    },
  }
  const tokens = fleetTokens(task, { clock, store: withForwardAges(counted, clock), fetch })
  return {
    signIn: () => tokens.signIn(passwordGrant(task)),
    getAccessToken: () => tokens.getAccessToken(),
    takeOperations: () => {
      const taken = operations
      operations = { reads: 0, writes: 0, refusedWrites: 0 }
      return taken
    },
    timeStore: times => timeStore(store, times),
    close: async () => {
      await tokens.dispose()
      await close()
    },
  }
}

async function openByHand(
  task: SubjectTask,
  clock: ForwardClock,
  fetch: typeof globalThis.fetch,
  reached: (moment: Moment) => void,
): Promise<Subject> {
  const redis = createClient({ socket: { host: '127.0.0.1', port: Number(task.address.at) } })
  redis.on('error', () => undefined)
  await redis.connect()
  const tokens = new HandMadeTokens({
    redis,
    name: `${task.address.name}`,
    ...task,
    lockMs: task.holdMs,
    patienceMs: task.timeoutMs,
    pollMs: 50,
    fetch,
    now: clock.wall,
    onLocked: () => reached('after the claim'),
  })
  return {
    signIn: () => tokens.signIn(task.username, task.password),
    getAccessToken: () => tokens.getAccessToken(),
    takeOperations: () => ({ reads: 0, writes: 0, refusedWrites: 0 }),
    timeStore: () => Promise.resolve([0, 0]),
    close: async () => redis.destroy(),
  }
}

async function timeStore(store: TokenStore, times: number): Promise<readonly [number, number]> {
  const key = `bench-${process.pid}`
  const payload = 'x'.repeat(3000)
  let etag: string | null = null
  const [reads, writes]: [number[], number[]] = [[], []]
  for (let time = 0; time < times; time++) {
    const startedAt = performance.now()
    const result = await store.write(key, payload, {
      ifMatch: etag,
      writeId: crypto.randomUUID(),
      keepMs: 60_000,
    })
    writes.push(performance.now() - startedAt)
    if (!result.ok) throw new Error('Somebody else writes what is measured.')
    etag = result.etag
    const readAt = performance.now()
    await store.read(key)
    reads.push(performance.now() - readAt)
  }
  return [medianOf(reads), medianOf(writes)]
}

/** The middle of some numbers. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}
