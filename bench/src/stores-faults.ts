import { setTimeout as pause } from 'node:timers/promises'
import type { FaultHandle } from '@evergrant/emulator'
import { startRedis } from '@evergrant/testing/servers'
import type { StartedServer } from '@evergrant/testing/servers'
import { nowMs, StoresCrew } from './stores-crew.ts'
import type { CrewTask, StoresProcess } from './stores-crew.ts'
import type { Fate } from './stores-worker.ts'

/** Something that goes wrong at one expiry. */
export interface Scenario {
  readonly title: string
  /** What happens to the first process; the others ask when it has. */
  readonly fate?: Fate
  /** How long the token endpoint takes for one request. */
  readonly endpointMs?: number
  /** Redis is away when the token expires, or when it should be written; or it comes back and has forgotten everything. */
  readonly redis?: 'away at the expiry' | 'away at the write' | 'forgets'
}

/** Times are a tenth of usual ones: a lock of 10 s, a hold of 25 s, callers that wait for 10 to 12 s. */
export const scenarios: readonly Scenario[] = [
  { title: 'an expiry, and nothing else' },
  {
    title: 'holder stands still for 1.5 s right after the lock',
    fate: { moment: 'after the claim', pauseMs: 1500 },
  },
  { title: 'the same, for 3.5 s', fate: { moment: 'after the claim', pauseMs: 3500 } },
  {
    title: 'holder stands still for 1.5 s before it sends',
    fate: { moment: 'before sending', pauseMs: 1500 },
  },
  { title: 'the same, for 3.5 s', fate: { moment: 'before sending', pauseMs: 3500 } },
  {
    title: 'holder stands still for 1.5 s before it writes',
    fate: { moment: 'after the answer', pauseMs: 1500 },
  },
  { title: 'the same, for 3.5 s', fate: { moment: 'after the answer', pauseMs: 3500 } },
  { title: 'token endpoint takes 1.5 s', endpointMs: 1500 },
  { title: 'token endpoint takes 3.5 s', endpointMs: 3500 },
  { title: 'holder is killed after the lock', fate: { moment: 'after the claim' } },
  { title: 'holder is killed between answer and write', fate: { moment: 'after the answer' } },
  { title: 'Redis is away for 0.6 s at the expiry', redis: 'away at the expiry' },
  {
    title: 'Redis is away for 0.6 s when the holder writes',
    redis: 'away at the write',
    fate: { moment: 'after the answer', pauseMs: 500 },
  },
  { title: 'Redis restarts and has forgotten everything', redis: 'forgets' },
]

/** What came of it. */
export interface Outcome {
  readonly tokenRequests: number
  /** Refresh tokens that the server had seen before. */
  readonly replays: number
  /** Calls that were refused at first. */
  readonly failedCalls: number
  /** How long it took until every process but the first had the fresh token; undefined: never. */
  readonly freshMs: number | undefined
  /** Whether somebody must sign in again, at once or at the next expiry. */
  readonly isLoggedOut: boolean
}

const [callers, awayMs] = [5, 600]

/** Plays a scenario with the processes that are given; one of them may be dead afterwards. */
export async function play(
  scenario: Scenario,
  task: Omit<CrewTask, 'address'>,
  processes: readonly StoresProcess[],
): Promise<Outcome> {
  const redis = await startRedis({ isDurable: scenario.redis !== 'forgets' })
  const address = { kind: 'node-redis', at: `${redis.port}`, name: 'byhand' } as const
  const crew = await StoresCrew.open(processes, { ...task, address })
  try {
    return await outcomeOf(crew, scenario, redis)
  } finally {
    await crew.close()
    await redis.stop()
  }
}

async function outcomeOf(crew: StoresCrew, scenario: Scenario, redis: StartedServer): Promise<Outcome> {
  const { fate, endpointMs } = scenario
  const { emulator } = crew.server
  emulator.journal.clear()
  if (scenario.redis === 'forgets') {
    await redis.kill()
    await redis.restart()
    await pause(300)
  }
  crew.expire()
  const isUnderWay = await begin(crew, scenario)
  if (scenario.redis === 'away at the expiry') await redis.kill()
  const at = nowMs() + 20
  const found = askUntilFresh(crew, at, 5000, isUnderWay)
  if (scenario.redis === 'away at the write') await isUnderWay().then(() => redis.kill())
  if (scenario.redis?.startsWith('away')) await pause(awayMs).then(() => redis.restart())
  const { freshAt, failedCalls } = await found
  // Whoever stood still has come back by then, and whatever it does is done.
  await pause(Math.max(0, at + Math.max(fate?.pauseMs ?? 0, endpointMs ?? 0) + 700 - nowMs()))
  crew.expire()
  const next = await askUntilFresh(crew, nowMs(), 3000, () => Promise.resolve())
  const entries = emulator.journal.entries({ kind: 'token' })
  return {
    tokenRequests: entries.length,
    replays: entries.filter(({ error }) => error === 'invalid_grant').length,
    failedCalls,
    freshMs: freshAt === undefined ? undefined : freshAt - at,
    isLoggedOut: next.freshAt === undefined,
  }
}

/** Prepares the fault. What it returns waits until the first process has met it: the others come too late to be first. */
async function begin(crew: StoresCrew, { fate, endpointMs }: Scenario): Promise<() => Promise<void>> {
  const [first] = crew.processes
  if (fate !== undefined && first !== undefined) {
    await first.tell({ do: 'meet', fate })
    // Its death may be noticed before its last words.
    const met = first.metFate().catch(() => undefined)
    return () => met
  }
  if (endpointMs === undefined) return () => Promise.resolve()
  const fault = crew.server.emulator.travis.faults.add({ kind: 'delay', ms: endpointMs })
  return () => untilApplied(fault)
}

async function untilApplied(fault: FaultHandle): Promise<void> {
  for (let tries = 0; fault.applied === 0 && tries < 500; tries++) await pause(10)
}

interface Found {
  /** When the last process had the fresh token; undefined: one of them never did. */
  readonly freshAt: number | undefined
  /** Of the first calls. */
  readonly failedCalls: number
}

/**
 * Lets every process ask until it has a token, the others after the first is under way. A process that meets a fate is not
 * waited for.
 */
async function askUntilFresh(
  crew: StoresCrew,
  at: number,
  patienceMs: number,
  isUnderWay: () => Promise<void>,
): Promise<Found> {
  let failedCalls = 0
  const asking = crew.processes.map(async (_, index) => {
    if (index > 0) await isUnderWay()
    for (let tries = 0; nowMs() < at + patienceMs; tries++) {
      const answer = await crew.askOne(index, Math.max(at, nowMs()), tries === 0 ? callers : 1)
      if (answer === undefined) return undefined
      if (tries === 0) failedCalls += answer.failed
      if (answer.failed === 0) return answer.freshAt
      await pause(200)
    }
    return undefined
  })
  const others = (await Promise.all(asking)).slice(1)
  const freshAt = others.includes(undefined) ? undefined : Math.max(...others.map(Number))
  return { freshAt, failedCalls }
}
