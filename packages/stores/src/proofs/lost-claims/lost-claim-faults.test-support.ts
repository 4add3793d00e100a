import { setTimeout as wait } from 'node:timers/promises'
import type { LostClaimBatch } from './lost-claim-batch.test-support.ts'
import type { RedisReplica } from './redis-replica.test-support.ts'

/** So long the others have to see the claim, or what became of the store; in milliseconds. */
const lookMs = 400

/** The holder of the claims stands still for twice their hold. */
export async function stopHolder(
  batch: LostClaimBatch,
  holdMs: number,
  first: 'exchange' | 'timers',
): Promise<void> {
  await batch.claim()
  await batch.stand(first)
  batch.answer('sent')
  batch.others('early')
  await wait(2 * holdMs)
  batch.wake()
  batch.others('late')
  await wait(lookMs)
  // Others have long been answered.
  batch.answer('delayed')
}

/** Something happens to the store between the claims and the commits. */
export async function strikeStore(batch: LostClaimBatch, strike: () => Promise<unknown>): Promise<void> {
  await batch.claim()
  batch.others('early')
  await wait(lookMs)
  await strike()
  batch.others('late')
  await wait(lookMs)
  batch.answer('sent')
  batch.go()
}

/** A replica that has missed the claims takes the place of the master, before the commits. */
export async function failOverWithoutClaims(batch: LostClaimBatch, redis: RedisReplica): Promise<void> {
  await redis.cutOff()
  await strikeStore(batch, redis.failOver)
}

/** The same with a replica that knows the claims and has missed the commits. */
export async function failOverWithoutCommits(batch: LostClaimBatch, redis: RedisReplica): Promise<void> {
  await batch.claim()
  batch.others('early')
  await wait(lookMs)
  await redis.cutOff()
  batch.answer('sent')
  batch.go()
  await batch.untilClaimsEnd()
  await redis.failOver()
  batch.others('late')
}

/** Nothing happens but that others wait for a while. */
export async function disturbNobody(batch: LostClaimBatch): Promise<void> {
  await batch.claim()
  batch.others('early')
  await wait(lookMs)
  batch.answer('sent')
  batch.go()
  batch.others('late')
}
