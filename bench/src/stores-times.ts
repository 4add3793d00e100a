import { setTimeout as pause } from 'node:timers/promises'
import { nowMs, StoresCrew } from './stores-crew.ts'
import type { CrewTask, StoresProcess } from './stores-crew.ts'
import { medianOf } from './stores-subject.ts'
import type { StoreOperations } from './stores-subject.ts'
import type { ExpiryAnswer } from './stores-worker.ts'

/** What some expiries cost one crew. */
export interface ExpiryTimes {
  readonly processes: number
  readonly expiries: number
  /** From the expiry to the fresh token in every process, in milliseconds. */
  readonly medianMs: number
  readonly worstMs: number
  /** The least and the most of all expiries. */
  readonly tokenRequests: readonly [number, number]
  readonly failedCalls: number
  /** Of all processes together, per expiry. */
  readonly operations: StoreOperations
  /** Per expiry and process, what the next call did because a hint had come. */
  readonly looks: number
  /** Of all processes together, those of the warm-up included. */
  readonly allOperations: number
}

const [warmUps, callers] = [2, 10]

/** Lets a token expire under a crew, again and again. */
export async function measureExpiries(crew: StoresCrew, expiries: number): Promise<ExpiryTimes> {
  const tookMs: number[] = []
  const requests: number[] = []
  let failedCalls = 0
  let operations: StoreOperations = { reads: 0, writes: 0, refusedWrites: 0 }
  let [looks, allOperations] = [0, 0]
  for (let expiry = -warmUps; expiry < expiries; expiry++) {
    await crew.tellAll({ do: 'operations' })
    crew.server.emulator.journal.clear()
    crew.expire()
    const at = nowMs() + 20 + 2 * crew.processes.length
    const answers = await crew.ask(at, callers)
    const during = sumOf((await crew.tellAll({ do: 'operations' })) as StoreOperations[])
    // Hints that are still on their way arrive.
    await pause(20)
    await crew.ask(nowMs(), 1)
    const after = sumOf((await crew.tellAll({ do: 'operations' })) as StoreOperations[])
    allOperations += countOf(during) + countOf(after)
    // The first ones are for the compilers.
    if (expiry < 0) continue
    tookMs.push(Math.max(...answers.map(({ freshAt }) => freshAt)) - at)
    requests.push(crew.answers.length)
    failedCalls += failuresOf(answers, crew)
    operations = sumOf([operations, during])
    looks += countOf(after)
  }
  const each = (count: number): number => count / expiries
  return {
    processes: crew.processes.length,
    expiries,
    medianMs: medianOf(tookMs),
    worstMs: Math.max(...tookMs),
    tokenRequests: [Math.min(...requests), Math.max(...requests)],
    failedCalls,
    operations: {
      reads: each(operations.reads),
      writes: each(operations.writes),
      refusedWrites: each(operations.refusedWrites),
    },
    looks: each(looks) / crew.processes.length,
    allOperations,
  }
}

/** A measure of a crew that is opened for it and closed after it. */
export async function withCrew<T>(
  processes: readonly StoresProcess[],
  task: CrewTask,
  measure: (crew: StoresCrew) => Promise<T>,
): Promise<T> {
  const crew = await StoresCrew.open(processes, task)
  try {
    return await measure(crew)
  } finally {
    await crew.close()
  }
}

// Two tokens after one expiry would mean that somebody was left behind.
function failuresOf(answers: readonly ExpiryAnswer[], crew: StoresCrew): number {
  const failed = answers.reduce((sum, answer) => sum + answer.failed, 0)
  const tokens = new Set(answers.flatMap(answer => answer.tokens))
  return failed + Math.max(0, tokens.size - 1) + (crew.processes.length - answers.length)
}

function countOf({ reads, writes }: StoreOperations): number {
  return reads + writes
}

function sumOf(all: readonly StoreOperations[]): StoreOperations {
  const sum = { reads: 0, writes: 0, refusedWrites: 0 }
  for (const { reads, writes, refusedWrites } of all) {
    sum.reads += reads
    sum.writes += writes
    sum.refusedWrites += refusedWrites
  }
  return sum
}
