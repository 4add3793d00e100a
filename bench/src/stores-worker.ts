import { ForwardClock } from '../../packages/stores/src/proofs/fleet/fleet-clock.test-support.ts'
import { medianOf, openSubject } from './stores-subject.ts'
import type { Moment, StoreOperations, Subject, SubjectTask } from './stores-subject.ts'

// One process of many: `fork`, then commands.

/** What happens to a process at a moment of its next exchange. `pauseMs` absent: it is killed. */
export interface Fate {
  readonly moment: Moment
  readonly pauseMs?: number | undefined
}

/** What a process can be told. Instants are of the machine's monotonic clock, which all processes share. */
export type StoresCommand =
  | { readonly do: 'open'; readonly task: SubjectTask; readonly aheadMs: number }
  | { readonly do: 'sign-in' | 'close' | 'operations' }
  | { readonly do: 'meet'; readonly fate: Fate }
  | { readonly do: 'expire'; readonly aheadMs: number; readonly at: number; readonly callers: number }
  | { readonly do: 'cached'; readonly calls: number }
  | { readonly do: 'time-store' | 'time-endpoint'; readonly times: number }

/** What a process says: that it is ready, that it meets its fate, or the answer to a command. */
export interface WorkerMessage {
  readonly isReady?: boolean
  readonly reached?: Moment
  readonly id?: number
  readonly answer?: unknown
  readonly error?: string
}

/** How the callers of a process fared after an expiry. */
export interface ExpiryAnswer {
  /** When the last of its callers had the fresh token. */
  readonly freshAt: number
  readonly tokens: readonly string[]
  readonly failed: number
}

let subject: Subject | undefined
let task: SubjectTask | undefined
let fate: Fate | undefined
let clock = new ForwardClock()

process.on('message', message => {
  const { id, command } = message as { readonly id: number; readonly command: StoresCommand }
  void run(command).then(
    answer => say({ id, answer }),
    (error: unknown) => say({ id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
say({ isReady: true })

function say(message: WorkerMessage): void {
  process.send?.(message)
}

async function run(command: StoresCommand): Promise<unknown> {
  switch (command.do) {
    case 'open':
      clock = new ForwardClock()
      clock.aheadMs = command.aheadMs
      task = command.task
      fate = undefined
      subject = await openSubject(command.task, clock, reached)
      return undefined
    case 'close':
      return subject?.close()
    case 'sign-in':
      return subject?.signIn()
    case 'meet':
      fate = command.fate
      return undefined
    case 'operations':
      return subject?.takeOperations()
    case 'expire':
      return expire(command)
    case 'cached':
      return askCached(command.calls)
    case 'time-store':
      return subject?.timeStore(command.times)
    case 'time-endpoint':
      return timeEndpoint(command.times)
  }
}

function reached(moment: Moment): void {
  if (fate?.moment !== moment) return
  const { pauseMs } = fate
  fate = undefined
  // Written to the pipe at once: nothing is sent any more while the process stands still.
  say({ reached: moment })
  if (pauseMs === undefined) process.kill(process.pid, 'SIGKILL')
  // The whole process stands still, as after SIGSTOP, or in a long pause of its machine.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

async function expire({
  aheadMs,
  at,
  callers,
}: Extract<StoresCommand, { do: 'expire' }>): Promise<ExpiryAnswer> {
  await new Promise(resolve => setTimeout(resolve, Math.max(0, at - nowMs())))
  clock.aheadMs = aheadMs
  const asked = Array.from(
    { length: callers },
    () => subject?.getAccessToken() ?? Promise.reject(new Error()),
  )
  const results = await Promise.allSettled(asked)
  const freshAt = nowMs()
  const tokens = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  return { freshAt, tokens: [...new Set(tokens)], failed: results.length - tokens.length }
}

async function askCached(
  calls: number,
): Promise<{ readonly perCallMicroseconds: number; readonly operations: StoreOperations | undefined }> {
  // The hint about the last write may still be on its way, and the call after it looks.
  await new Promise(resolve => setTimeout(resolve, 50))
  await subject?.getAccessToken()
  subject?.takeOperations()
  const startedAt = performance.now()
  for (let call = 0; call < calls; call++) await subject?.getAccessToken()
  const perCallMicroseconds = ((performance.now() - startedAt) / calls) * 1000
  return { perCallMicroseconds, operations: subject?.takeOperations() }
}

/** Redeems refresh tokens of somebody else, one after the other, with nothing around the requests. */
async function timeEndpoint(times: number): Promise<number> {
  if (task === undefined) throw new Error('The process has no task.')
  const { tokenEndpoint, clientId, clientSecret, username, password } = task
  const client = { client_id: clientId, client_secret: clientSecret }
  const request = async (parameters: Record<string, string>): Promise<string> => {
    const body = new URLSearchParams({ ...client, ...parameters })
    const response = await fetch(tokenEndpoint, { method: 'POST', body })
    return ((await response.json()) as { refresh_token: string }).refresh_token
  }
  let refreshToken = await request({ grant_type: 'password', username, password })
  const took: number[] = []
  for (let time = 0; time < times; time++) {
    const startedAt = performance.now()
    refreshToken = await request({ grant_type: 'refresh_token', refresh_token: refreshToken })
    took.push(performance.now() - startedAt)
  }
  return medianOf(took)
}
