import type { StoreName } from '../backends.test-support.ts'
import type { StoreAddress } from '../connect-store.test-support.ts'
import { DeathLane, holdMs } from './death-lane.test-support.ts'
import type { DeathOutcome } from './death-lane.test-support.ts'
import { deathPoints } from './death-points.test-support.ts'
import type { DeathRun, Fate } from './death-points.test-support.ts'
import { fateOf } from './death-verdict.test-support.ts'
import { DeathStarts } from './death-starts.test-support.ts'
import { reportTable } from '../proof-report.test-support.ts'

/** A death and what it left behind. */
export interface DeathResult {
  readonly store: StoreName
  readonly run: DeathRun
  readonly outcome: DeathOutcome
  readonly fate: Fate
}

const startsAtOnce = 2
let places = 0

/** Lets processes die as planned, several at once: each in a lane of its own, and most of them wait for a claim's end. */
export async function runDeaths(
  store: StoreName,
  address: StoreAddress,
  plan: readonly DeathRun[],
  laneCount: number,
): Promise<{ readonly results: readonly DeathResult[]; readonly unlisted: number }> {
  const waiting = [...plan]
  const starts = new DeathStarts(startsAtOnce)
  const lanes: DeathLane[] = []
  const results: DeathResult[] = []
  const work = async (): Promise<void> => {
    const lane = await DeathLane.start(placeIn(address), starts)
    lanes.push(lane)
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      const outcome = await lane.run(run)
      results.push({ store, run, outcome, fate: fateOf(run, outcome) })
    }
  }
  try {
    const ended = await Promise.allSettled(Array.from({ length: laneCount }, work))
    for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
    const counts = await Promise.all(lanes.map(lane => lane.countRecords()))
    return { results, unlisted: counts.reduce((sum, { users, listed }) => sum + users - listed, 0) }
  } finally {
    await Promise.all(lanes.map(lane => lane.stop()))
  }
}

function placeIn(address: StoreAddress): StoreAddress {
  const own = `deaths${String.fromCodePoint(97 + Math.floor(++places / 26), 97 + (places % 26))}`
  return address.kind === 'file'
    ? { ...address, at: `${address.at}-${own}` }
    : { ...address, name: `${address.name}${own}` }
}

/** Tells a person who reads the report what happened at every moment. */
export function reportDeaths(signal: DeathRun['signal'], results: readonly DeathResult[]): void {
  const headers = [
    'point',
    'runs',
    'saved',
    'untouched',
    'only copy died',
    'signed in again',
    'tries',
    'recovery, without waits for a core',
    'at most, by the clock',
  ]
  const rows = deathPoints.map(point => {
    const there = results.filter(({ run }) => run.point === point)
    const count = (fate: Fate): string => String(there.filter(result => result.fate === fate).length)
    const lost = there.filter(({ outcome }) => outcome.recovered.tokens.length === 0).length
    const times = there.map(({ outcome }) => outcome.recoveryMs).sort((left, right) => left - right)
    const recovery = `${times[Math.floor(times.length / 2)] ?? '–'} ms, at most ${times.at(-1) ?? '–'} ms`
    const fates = [count('saved'), count('untouched'), count('gone')]
    const tries = there.reduce((sum, { outcome }) => sum + outcome.tries, 0)
    const longest = Math.max(...there.map(({ outcome }) => outcome.wallMs))
    return [point, String(there.length), ...fates, String(lost), String(tries), recovery, `${longest} ms`]
  })
  reportTable(`Processes that received ${signal} in an exchange, with claims of ${holdMs} ms`, headers, rows)
}
