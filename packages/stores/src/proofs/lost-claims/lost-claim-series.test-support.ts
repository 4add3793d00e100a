import { seededRandom } from '@evergrant/testing'
import { expect } from 'vitest'
import type { StoreName } from '../backends.test-support.ts'
import type { StoreAddress } from '../connect-store.test-support.ts'
import { LostClaimBatch } from './lost-claim-batch.test-support.ts'
import type { BatchSetUp, RunResult } from './lost-claim-batch.test-support.ts'
import { disappointments, faults } from './lost-claim-expectations.test-support.ts'
import type { Fault } from './lost-claim-expectations.test-support.ts'
import { LostClaimProcess } from './lost-claim-process.test-support.ts'
import { dealer, habits, moments } from './lost-claim-run.test-support.ts'
import type { Moment, RunPlan } from './lost-claim-run.test-support.ts'
import { reportTable } from '../proof-report.test-support.ts'

/** Batches that meet one fault. */
export interface Series {
  readonly fault: Fault
  readonly moments: readonly Moment[]
  readonly storeNames: readonly StoreName[]
  readonly setUp: (round: number) => BatchSetUp
  /** What a batch needs of its own. */
  readonly open: () => Promise<Scene>
}

/** Where the records of a batch are, and what happens to it. */
export interface Scene {
  readonly address: (name: StoreName) => StoreAddress
  readonly strike: (batch: LostClaimBatch) => Promise<void>
  readonly close?: (() => Promise<unknown>) | undefined
}

/** How many batches of each series, how many runs in each, and by whom. */
interface SeriesSize {
  readonly rounds: number
  readonly size: number
  /** Processes that others may use meanwhile. Default three of its own: whoever is stopped answers nobody. */
  readonly processes?: readonly LostClaimProcess[] | undefined
}

/** Three processes: one holds the claims, and two want the tokens too. */
export function startProcesses(): Promise<readonly LostClaimProcess[]> {
  return Promise.all([1, 2, 3].map(() => LostClaimProcess.start()))
}

/** Runs every batch of every series, reports, and expects that nothing went wrong. */
export async function prove(allSeries: readonly Series[], how: SeriesSize): Promise<void> {
  const processes = how.processes ?? (await startProcesses())
  const wrong: string[] = []
  try {
    for (const series of allSeries) {
      const deal = plansOf(series)
      const results: RunResult[] = []
      for (let round = 0; round < how.rounds; round++) {
        // Each process is the one that holds the claims in turn.
        const turned = processes.map((_, index) => processes[(index + round) % processes.length]!)
        results.push(...(await runBatch(turned, series, round, address => deal(how.size, address))))
      }
      report(series.fault, results)
      wrong.push(...results.flatMap(result => complaints(series.fault, result)))
    }
  } finally {
    if (how.processes === undefined) for (const process of processes) await process.stop()
  }
  expect(wrong).toEqual([])
}

async function runBatch(
  processes: readonly LostClaimProcess[],
  { open, setUp }: Series,
  round: number,
  deal: (address: Scene['address']) => readonly RunPlan[],
): Promise<readonly RunResult[]> {
  const scene = await open()
  try {
    const batch = new LostClaimBatch(processes, deal(scene.address), setUp(round))
    await batch.prepare()
    await scene.strike(batch)
    const results = await batch.finish()
    await batch.stop()
    return results
  } finally {
    await scene.close?.()
  }
}

let runs = 0

/** Deals out stores and situations so that each comes equally often, in chance order. */
function plansOf(series: Series): (size: number, address: Scene['address']) => readonly RunPlan[] {
  const random = seededRandom(1 + faults.indexOf(series.fault))
  const situations = series.moments.flatMap(moment =>
    habits.flatMap(habit => [true, false].map(areOthersLate => ({ moment, habit, areOthersLate }))),
  )
  const [nextName, nextSituation] = [dealer(series.storeNames, random), dealer(situations, random)]
  return (size, address) =>
    Array.from({ length: size }, () => {
      const storeName = nextName()
      return { name: `run-${++runs}`, storeName, address: address(storeName), ...nextSituation() }
    })
}

function complaints(fault: Fault, result: RunResult): readonly string[] {
  const { storeName, moment, habit, areOthersLate } = result.plan
  const run = `${fault}, ${storeName}, ${moment}, others ${areOthersLate ? 'late' : 'early'}, ${habit}`
  return disappointments(fault, result).map(text => `${run}: ${text}`)
}

function report(fault: Fault, results: readonly RunResult[]): void {
  const rows = moments.flatMap(moment =>
    habits.flatMap(habit => {
      const ofBoth = results.filter(({ plan }) => plan.moment === moment && plan.habit === habit)
      return ofBoth.length > 0 ? [[moment, habit, ...countsOf(ofBoth)]] : []
    }),
  )
  const headers = ['moment', 'server that', 'runs', 'one request', 'two', 'kept', 'sign in again']
  reportTable(`Lost claims: ${fault}`, headers, [...rows, ['all', '', ...countsOf(results)]])
}

function countsOf(results: readonly RunResult[]): readonly string[] {
  const count = (isCounted: (result: RunResult) => boolean): string =>
    String(results.filter(isCounted).length)
  return [
    String(results.length),
    count(({ facts }) => facts.during.length === 1),
    count(({ facts }) => facts.during.length === 2),
    count(({ outcome }) => outcome === 'kept'),
    count(({ outcome }) => outcome === 'sign in again'),
  ]
}
