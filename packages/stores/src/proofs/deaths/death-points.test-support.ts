/** The eight moments of an exchange at which a process can die. */
export const deathPoints = [
  'before the read',
  'read',
  'claimed',
  'sent',
  'answered',
  'mid-write',
  'written',
  'published',
] as const

export type DeathPoint = (typeof deathPoints)[number]

/** Whose credential it is: nobody can repeat the grant, the server forgives a replay, or the grant is configured. */
const circumstances = ['strict', 'grace', 're-grant'] as const

export type Circumstance = (typeof circumstances)[number]

/**
 * How far the token request (at `sent`) or the write (at `mid-write`) came. `lost`: nobody received it; `torn`: half of
 * it; `raced`: all of it, at the instant of the death; `done`: it was carried out, and the answer was not heard.
 * A token request is lost or done.
 */
export const reaches = ['lost', 'torn', 'raced', 'done'] as const

export type Reach = (typeof reaches)[number]

/** One death, and what leads up to it. */
export interface DeathRun {
  readonly point: DeathPoint
  readonly circumstance: Circumstance
  readonly reach: Reach
  /** Whether the process that dies has signed in itself, or finds the record in the store. */
  readonly isWarm: boolean
  readonly signal: 'SIGKILL' | 'SIGTERM'
}

/** So many deaths at every moment. They take turns in everything else; `start` says where the turns begin. */
export function planDeaths(
  runsPerPoint: number,
  signal: DeathRun['signal'],
  start: number,
): readonly DeathRun[] {
  return deathPoints.flatMap((point, index) =>
    Array.from({ length: runsPerPoint }, (_, run) => {
      const turn = start + index + run
      return {
        point,
        circumstance: circumstances[turn % circumstances.length]!,
        reach: reaches[turn % reaches.length]!,
        // All pairs of the two above come by before this one changes.
        isWarm: Math.floor(run / (circumstances.length * reaches.length) + index / 2 + start) % 2 === 1,
        signal,
      }
    }),
  )
}

/** What came to pass: the new tokens are in the store, the old ones still work, or the only copy died. */
export type Fate = 'saved' | 'untouched' | 'gone'

/** The fates that a killed process may leave behind: one, but for a race. */
export function fatesOf({ point, reach }: DeathRun): readonly Fate[] {
  switch (point) {
    case 'before the read':
    case 'read':
    case 'claimed':
      return ['untouched']
    case 'sent':
      return reach === 'lost' ? ['untouched'] : ['gone']
    case 'answered':
      return ['gone']
    case 'mid-write':
      if (reach === 'raced') return ['saved', 'gone']
      return reach === 'done' ? ['saved'] : ['gone']
    case 'written':
    case 'published':
      return ['saved']
  }
}

/** What the token endpoint answers in all, from the exchange that was broken off to the next process's outcome. */
export function exchangesAfter(fate: Fate, circumstance: Circumstance): readonly string[] {
  if (fate !== 'gone') return ['refresh_token 200']
  switch (circumstance) {
    case 'strict':
      return ['refresh_token 200', 'refresh_token 400']
    case 'grace':
      return ['refresh_token 200', 'refresh_token 200']
    case 're-grant':
      return ['refresh_token 200', 'refresh_token 400', 'password 200']
  }
}
