import { describe, expect, test } from 'vitest'
import {
  aged,
  judgeConflict,
  tombstone,
  withClaim,
  withDead,
  withFailure,
  withIssue,
  withoutClaim,
} from './commit.ts'
import type { Issue } from './commit.ts'
import type { TokenRecord } from './token-record.ts'
import type { IssuedTokens } from './token-response.ts'
import { tokenRecord } from './units.test-support.ts'

const claim = { id: 'claim-1', refreshHash: 'hash-1', holdMs: 25_000 }
const failure = { kind: 'transient', fingerprint: '', attempts: 2, retryInMs: 4000 } as const
const future = { future: { member: true } }

function issued(overrides: Partial<IssuedTokens> = {}): IssuedTokens {
  return { accessToken: 'fake-access-2', tokenType: 'Bearer', lifetimeMs: 300_000, raw: {}, ...overrides }
}

function issue(overrides: Partial<Issue> = {}): Issue {
  return {
    variant: '',
    tokens: issued(),
    redeemed: tokenRecord().refresh,
    refreshHash: undefined,
    ageMs: 0,
    because: 'expired',
    killsOtherAccessTokens: false,
    ...overrides,
  }
}

const rotated: Partial<Issue> = {
  tokens: issued({ refreshToken: 'fake-refresh-2', refreshLifetimeMs: 60_000 }),
  refreshHash: 'hash-2',
}

describe('an aged record', () => {
  test('restates every duration as of now and nothing else', () => {
    const record = tokenRecord({
      claim: { ...claim, attempt: 1 },
      rejection: { count: 2, msAgo: 100 },
      failure,
    })
    expect(aged(record, 3000)).toEqual({
      ...record,
      access: { '': { ...record.access[''], remainingAtWriteMs: 287_000 } },
      refresh: { ...record.refresh, remainingAtWriteMs: 1_797_000 },
      rejection: { count: 2, msAgo: 3100 },
      failure: { ...failure, retryInMs: 1000 },
    })
  })

  test('knows nothing more of tokens whose lifetime nobody named', () => {
    const access = { '': { token: 'fake-access-1', type: 'Bearer' } } as const
    const record = tokenRecord({ access, refresh: { token: 'fake-refresh-1', hash: 'hash-1' } })
    expect(aged(record, 3000)).toEqual(record)
  })

  test('can be past its end, and a past retry is due at once', () => {
    const record = aged(tokenRecord({ failure }), 1e9)
    expect(record.access['']?.remainingAtWriteMs).toBe(290_000 - 1e9)
    expect(record.failure?.retryInMs).toBe(0)
  })

  test('aged twice is aged once by the sum', () => {
    const record = tokenRecord({ failure, rejection: { count: 1, msAgo: 0 } })
    expect(aged(aged(record, 1000), 2500)).toEqual(aged(record, 3500))
  })
})

describe('a claim', () => {
  test('is the first attempt at its refresh token', () => {
    expect(withClaim(tokenRecord(), claim)).toEqual({ ...tokenRecord(), claim: { ...claim, attempt: 1 } })
  })

  test('that is taken over keeps its predecessor and counts the attempts', () => {
    const second = withClaim(withClaim(tokenRecord(), claim), { ...claim, id: 'claim-2' })
    expect(second.claim).toEqual({
      ...claim,
      id: 'claim-2',
      attempt: 2,
      previous: { id: 'claim-1', refreshHash: 'hash-1' },
    })
    const third = withClaim(second, { ...claim, id: 'claim-3' })
    expect(third.claim).toMatchObject({ attempt: 3, previous: { id: 'claim-2' } })
    expect(third.claim?.previous).not.toHaveProperty('previous')
  })

  test('for another refresh token counts from one', () => {
    const second = withClaim(withClaim(tokenRecord(), claim), {
      ...claim,
      id: 'claim-2',
      refreshHash: 'hash-2',
    })
    expect(second.claim).toMatchObject({ attempt: 1, previous: { id: 'claim-1', refreshHash: 'hash-1' } })
  })

  test('for a grant counts apart from claims for a refresh token', () => {
    const grant = { id: 'claim-2', refreshHash: undefined, holdMs: 25_000 }
    const first = withClaim(withClaim(tokenRecord(), claim), grant)
    expect(first.claim?.attempt).toBe(1)
    expect(withClaim(first, { ...grant, id: 'claim-3' }).claim?.attempt).toBe(2)
  })

  test('ends without a trace when its outcome is known', () => {
    expect(withoutClaim(withClaim(tokenRecord(), claim), false)).toEqual(tokenRecord())
    expect(withoutClaim(tokenRecord(), true)).toEqual(tokenRecord())
  })

  test('whose outcome is unknown stays as a trace that nobody waits for', () => {
    const record = withoutClaim(withClaim(tokenRecord(), claim), true)
    expect(record.claim).toEqual({ ...claim, attempt: 1, holdMs: 0 })
    // The next claim on the same token is therefore a retry.
    expect(withClaim(record, { ...claim, id: 'claim-2' }).claim?.attempt).toBe(2)
  })
})

describe('a refusal', () => {
  test('F5 never empties a record', () => {
    const dead = { refreshHash: 'hash-1', reason: 'refresh-token-refused' } as const
    expect(withDead(withClaim(tokenRecord(), claim), dead)).toEqual({ ...tokenRecord(), dead })
  })

  test('of the transient kind keeps everything, and leaves a trace if it is ambiguous', () => {
    const claimed = withClaim(tokenRecord(), claim)
    expect(withFailure(claimed, failure, false)).toEqual({ ...tokenRecord(), failure })
    expect(withFailure(claimed, failure, true)).toEqual({
      ...tokenRecord(),
      failure,
      claim: { ...claim, attempt: 1, holdMs: 0 },
    })
  })
})

describe('a tombstone', () => {
  test('F58 holds no secret, is a new generation of the same family, and keeps unknown members', () => {
    const dead = { refreshHash: 'hash-1', reason: 'refresh-token-refused' } as const
    const record = tombstone(tokenRecord({ claim: { ...claim, attempt: 1 }, failure, dead }))
    const { schema, binding, family, generation } = tokenRecord()
    expect(record).toEqual({
      schema,
      binding,
      family,
      generation: generation + 1,
      access: {},
      signedOut: true,
      ...future,
    })
    expect(JSON.stringify(record)).not.toMatch(/fake-(access|refresh)/)
  })
})

describe('an issued token', () => {
  test('is written with what is left of its life since before the request', () => {
    const record = withIssue(tokenRecord(), issue({ ageMs: 700, tokens: issued({ scope: 'read' }) }))
    const access = { token: 'fake-access-2', type: 'Bearer', scope: 'read', lifetimeMs: 300_000 }
    expect(record.access).toEqual({ '': { ...access, remainingAtWriteMs: 299_300 } })
    expect(record).toMatchObject({ family: 'family-1', generation: 4, ...future })
  })

  test('C15 without a lifetime has no remaining time either', () => {
    const { lifetimeMs: _lifetimeMs, ...tokens } = issued()
    expect(withIssue(tokenRecord(), issue({ tokens })).access['']).toEqual({
      token: 'fake-access-2',
      type: 'Bearer',
    })
  })

  test('C18 keeps the old refresh token when the response omits it', () => {
    expect(withIssue(tokenRecord(), issue()).refresh).toEqual(tokenRecord().refresh)
  })

  test('C18 discards the old refresh token for a new one, which names its parent', () => {
    expect(withIssue(tokenRecord(), issue({ ...rotated, ageMs: 700 })).refresh).toEqual({
      token: 'fake-refresh-2',
      hash: 'hash-2',
      parentHash: 'hash-1',
      lifetimeMs: 60_000,
      remainingAtWriteMs: 59_300,
    })
  })

  test('C23 a refresh token of unknown lifetime has none', () => {
    const tokens = issued({ refreshToken: 'fake-refresh-2' })
    const { refresh } = withIssue(tokenRecord(), issue({ tokens, refreshHash: 'hash-2' }))
    expect(refresh).toEqual({ token: 'fake-refresh-2', hash: 'hash-2', parentHash: 'hash-1' })
  })

  test('of a repeated grant starts without a parent and without the old refresh token', () => {
    expect(withIssue(tokenRecord(), issue({ redeemed: undefined })).refresh).toBeUndefined()
    expect(withIssue(tokenRecord(), issue({ ...rotated, redeemed: undefined })).refresh).not.toHaveProperty(
      'parentHash',
    )
  })

  test('ends the claim, the failure, the refusal and the sign-out before it', () => {
    const dead = { refreshHash: 'hash-1', reason: 'refresh-token-refused' } as const
    const before = tokenRecord({ claim: { ...claim, attempt: 1 }, failure, dead, signedOut: true })
    expect(Object.keys(withIssue(before, issue())).toSorted()).toEqual(
      ['access', 'binding', 'family', 'future', 'generation', 'refresh', 'schema'].toSorted(),
    )
  })

  test('of a repeated grant does not make a refresh rung that the server refused usable again', () => {
    const dead = { refreshHash: 'hash-1', reason: 'rung-unsupported' } as const
    const before = tokenRecord({ dead })
    const regranted = withIssue(before, issue({ ...rotated, redeemed: undefined }))
    expect(regranted).toMatchObject({
      refresh: { hash: 'hash-2' },
      dead: { refreshHash: 'hash-2', reason: 'rung-unsupported' },
    })
    expect(withIssue(before, issue({ redeemed: undefined })).dead?.reason).toBe('rung-unsupported')
    // A sibling whose redemption succeeded knows better.
    expect(withIssue(before, issue(rotated)).dead).toBeUndefined()
  })

  test('F59 leaves the access tokens of other variants alone, unless the server ended them', () => {
    const other = { token: 'fake-access-other', type: 'Bearer' } as const
    const before = tokenRecord({ access: { ...tokenRecord().access, 'scope=a': other } })
    expect(Object.keys(withIssue(before, issue()).access)).toEqual(['', 'scope=a'])
    expect(Object.keys(withIssue(before, issue({ killsOtherAccessTokens: true })).access)).toEqual([''])
  })

  test('a variant named like an object member is a variant like any other', () => {
    const record = withIssue(tokenRecord(), issue({ variant: '__proto__' }))
    expect(Object.keys(record.access)).toContain('__proto__')
    expect(Object.keys(aged(record, 1).access)).toContain('__proto__')
  })

  test('C33 counts the refusals of fresh tokens in a row, for the whole fleet', () => {
    const once = withIssue(tokenRecord(), issue({ because: 'rejected' }))
    expect(once.rejection).toEqual({ count: 1, msAgo: 0 })
    const twice = withIssue(aged(once, 6000), issue({ because: 'rejected' }))
    expect(twice.rejection).toEqual({ count: 2, msAgo: 0 })
    expect(withIssue(aged(twice, 500), issue({ because: 'advisory-window' })).rejection).toEqual({
      count: 2,
      msAgo: 500,
    })
  })
})

describe('a conflict', () => {
  const redemption = { family: 'family-1', redeemedHash: 'hash-1', generation: 3 }
  const grant = { ...redemption, redeemedHash: undefined }
  const successor = { token: 'fake-refresh-2', hash: 'hash-2', parentHash: 'hash-1' }
  const refused = (refreshHash: string): TokenRecord['dead'] => ({
    refreshHash,
    reason: 'refresh-token-refused',
  })

  test.each<[string, TokenRecord | undefined, typeof redemption | typeof grant, string]>([
    ['an absent record is lost data', undefined, redemption, 'recreate'],
    ['an absent record is lost data for a grant too', undefined, grant, 'recreate'],
    ['a tombstone wins', tombstone(tokenRecord()), redemption, 'superseded'],
    ['a tombstone wins over a grant', tombstone(tokenRecord()), grant, 'superseded'],
    ['another family wins', tokenRecord({ family: 'family-2' }), redemption, 'superseded'],
    ['another family wins over a grant', tokenRecord({ family: 'family-2' }), grant, 'superseded'],
    ['a claim on the token we redeemed loses', withClaim(tokenRecord(), claim), redemption, 'overwrite'],
    [
      'a failure of the token we redeemed loses',
      withFailure(tokenRecord(), failure, true),
      redemption,
      'overwrite',
    ],
    [
      'a refusal of the token we redeemed loses',
      tokenRecord({ dead: refused('hash-1') }),
      redemption,
      'overwrite',
    ],
    [
      'a refusal without the token itself loses',
      tokenRecord({ refresh: undefined, dead: refused('hash-1') }),
      redemption,
      'overwrite',
    ],
    [
      'a newer generation that still holds our token loses',
      tokenRecord({ generation: 9 }),
      redemption,
      'overwrite',
    ],
    [
      'an older generation that still holds our token loses',
      tokenRecord({ generation: 1 }),
      redemption,
      'overwrite',
    ],
    [
      'a successor of our token wins',
      tokenRecord({ refresh: successor, generation: 4 }),
      redemption,
      'adopt',
    ],
    [
      'a successor wins although its own refusal is noted',
      tokenRecord({ refresh: successor, dead: refused('hash-2') }),
      redemption,
      'adopt',
    ],
    [
      'a record without a refresh token wins',
      tokenRecord({ refresh: undefined, generation: 4 }),
      redemption,
      'adopt',
    ],
    [
      'what nothing was issued to meanwhile loses against a grant',
      withClaim(tokenRecord(), claim),
      grant,
      'overwrite',
    ],
    [
      'what something was issued to meanwhile wins over a grant',
      tokenRecord({ generation: 4 }),
      grant,
      'adopt',
    ],
  ])('%s', (_title, current, lineage, verdict) => {
    expect(judgeConflict(current, lineage)).toBe(verdict)
  })
})

// A small model: holders of one refresh token, a compare-and-set store, and a server that refuses every reuse.
interface World {
  etag: number
  record: TokenRecord
  live: number
}

type Judge = (current: TokenRecord, redeemedHash: string) => 'overwrite' | 'adopt'

const byLineage: Judge = (current, redeemedHash) => {
  const verdict = judgeConflict(current, { family: 'family-1', redeemedHash, generation: 0 })
  return verdict === 'overwrite' ? 'overwrite' : 'adopt'
}
// On a conflict somebody wrote later than we read: "newer" in every such case.
const newerVersionWins: Judge = () => 'adopt'

const tokenOf = (number: number): { token: string; hash: string } => ({
  token: `fake-${number}`,
  hash: `hash-${number}`,
})

function startingWorld(): World {
  return { etag: 1, live: 1, record: tokenRecord({ refresh: tokenOf(1) }) }
}

/** Read, claim, redeem, commit. Every claim may be taken over at once: the worst that a hold's end can do. */
function* holder(world: World, id: string, judge: Judge): Generator<undefined> {
  const write = (record: TokenRecord, ifMatch: number): boolean => {
    if (world.etag !== ifMatch) return false
    world.record = record
    world.etag++
    return true
  }
  let { record: base, etag } = world
  yield
  const read = base.refresh?.hash
  while (!write(withClaim(base, { id, refreshHash: read, holdMs: 25_000 }), etag)) {
    ;({ record: base, etag } = world)
    // Signed out, or a sibling was faster: there is a token to adopt.
    if (base.signedOut || base.refresh?.hash !== read) return
  }
  const redeemed = base.refresh
  ;({ record: base, etag } = world)
  if (redeemed === undefined) return
  yield
  const isAccepted = redeemed.token === tokenOf(world.live).token
  const issuedNumber = isAccepted ? ++world.live : undefined
  yield
  if (issuedNumber === undefined) {
    // Refused: look again, and mark only the token that was refused.
    if (world.record.refresh?.hash !== redeemed.hash) return
    write(withDead(world.record, { refreshHash: redeemed.hash, reason: 'refresh-token-refused' }), world.etag)
    return
  }
  const { token, hash } = tokenOf(issuedNumber)
  const tokens = issued({ accessToken: `fake-access-${issuedNumber}`, refreshToken: token })
  while (!write(withIssue(base, issue({ tokens, redeemed, refreshHash: hash })), etag)) {
    ;({ record: base, etag } = world)
    if (base.signedOut || judge(base, redeemed.hash) === 'adopt') return
  }
}

/** Every order in which the steps of `counts` actors can happen. */
function* interleavings(counts: readonly number[]): Generator<number[]> {
  if (counts.every(count => count === 0)) yield []
  for (const [actor, count] of counts.entries()) {
    if (count === 0) continue
    for (const rest of interleavings(counts.with(actor, count - 1))) yield [actor, ...rest]
  }
}

interface Actor {
  next(): unknown
}

/** An actor of one step. */
const once = (step: () => void): Actor => ({ next: step })

function run(order: readonly number[], world: World, actors: readonly Actor[]): World {
  for (const actor of order) actors[actor]?.next()
  return world
}

const keepsLive = ({ record, live }: World): boolean => {
  const { token, hash } = tokenOf(live)
  return record.refresh?.token === token && record.dead?.refreshHash !== hash
}

describe('holders of one refresh token', () => {
  const lossesOf = (judge: Judge, holders: number): { orders: number; losses: number } => {
    let [orders, losses] = [0, 0]
    for (const order of interleavings(Array.from({ length: holders }, () => 4))) {
      const world = startingWorld()
      const actors = Array.from({ length: holders }, (_, index) => holder(world, `claim-${index}`, judge))
      orders++
      if (!keepsLive(run(order, world, actors))) losses++
    }
    return { orders, losses }
  }

  test('C77 two of them never lose the live one, in any of their 70 interleavings', () => {
    expect(lossesOf(byLineage, 2)).toEqual({ orders: 70, losses: 0 })
  })

  test('C77 three of them never lose the live one, in any of their 34,650 interleavings', () => {
    expect(lossesOf(byLineage, 3)).toEqual({ orders: 34_650, losses: 0 })
  })

  test('the rule "a newer version wins" does lose it: the model can fail', () => {
    expect(lossesOf(newerVersionWins, 2).losses).toBeGreaterThan(0)
  })

  test('F58 a sign-out wins over a refresh in every interleaving', () => {
    for (const order of interleavings([4, 1])) {
      const world = startingWorld()
      const signOut = once(() => {
        world.record = tombstone(world.record)
        world.etag++
      })
      run(order, world, [holder(world, 'claim-1', byLineage), signOut])
      expect(world.record.signedOut).toBe(true)
      expect(world.record.refresh).toBeUndefined()
    }
  })

  test('a sign-in wins over a refresh of the family before it in every interleaving', () => {
    for (const order of interleavings([4, 1])) {
      const world = startingWorld()
      const signIn = once(() => {
        world.record = tokenRecord({ family: 'family-2', refresh: tokenOf(++world.live) })
        world.etag++
      })
      run(order, world, [holder(world, 'claim-1', byLineage), signIn])
      expect(world.record.family).toBe('family-2')
      expect(keepsLive(world)).toBe(true)
    }
  })
})
