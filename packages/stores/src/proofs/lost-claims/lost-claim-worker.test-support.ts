import { passwordGrant, systemClock } from '@evergrant/core'
import type { TokenManager, TokenStore } from '@evergrant/core'
import { connectStore } from '../connect-store.test-support.ts'
import type { StoreAddress } from '../connect-store.test-support.ts'
import { ForwardClock, withForwardAges } from '../fleet/fleet-clock.test-support.ts'
import { fleetTokens } from '../fleet/fleet-tokens.test-support.ts'
import type { FleetServer } from '../fleet/fleet-tokens.test-support.ts'
import { ExchangeGate } from './lost-claim-gate.test-support.ts'
import type { Moment } from './lost-claim-run.test-support.ts'

// One process with many credentials in many stores: `fork`, then commands.

/** A credential that a process is told to work with. */
interface OpenedRun extends FleetServer {
  readonly address: StoreAddress
  /** How far the wall clock of this process is wrong, in milliseconds. */
  readonly wallAheadMs: number
}

/** What a process can be told about one credential. */
export type RunCommand =
  | { readonly do: 'open'; readonly task: OpenedRun }
  | { readonly do: 'sign-in' }
  | { readonly do: 'advance'; readonly aheadMs: number }
  | { readonly do: 'ask'; readonly callers: number; readonly pauseAt?: Moment | undefined }
  /** Goes on where it paused. */
  | { readonly do: 'go' }
  /** The whole process stops at once; when it wakes, these go on before anything else happens. */
  | { readonly do: 'stand'; readonly runs: readonly string[] }
  /** Reads the store, past the engine. */
  | { readonly do: 'look' }
  | { readonly do: 'close' }

/** What it answers: the distinct tokens and errors of the callers, or the record's text. */
export interface RunAnswer {
  readonly tokens: readonly string[]
  readonly errors: readonly string[]
  readonly payload?: string | undefined
}

/** From the parent, and back. */
export interface RunRequest {
  readonly id: number
  readonly run: string
  readonly command: RunCommand
}
export type RunMessage =
  'ready' | { readonly paused: string } | { readonly id: number; readonly answer: RunAnswer }

/** The clock of a process whose wall clock is wrong; its monotonic clock cannot be. */
class WrongClock extends ForwardClock {
  override readonly wall: () => number

  constructor(wrongByMs: number) {
    super()
    this.wall = () => systemClock.wall() + this.aheadMs + wrongByMs
  }
}

interface OpenRun {
  readonly task: OpenedRun
  readonly clock: ForwardClock
  readonly gate: ExchangeGate
  readonly inner: TokenStore
  readonly tokens: TokenManager
}

const runs = new Map<string, OpenRun>()
const stores = new Map<string, Promise<TokenStore>>()
const tell = (message: RunMessage): void => void process.send?.(message)

if (process.send !== undefined) {
  process.on('message', request => {
    const { id, run, command } = request as RunRequest
    void answer(run, command)
      .catch((error: unknown) => ({ tokens: [], errors: [String(error)] }))
      .then(result => tell({ id, answer: result }))
  })
  process.on('disconnect', () => process.exit())
  tell('ready')
}

const nothing: RunAnswer = { tokens: [], errors: [] }

async function answer(name: string, command: RunCommand): Promise<RunAnswer> {
  if (command.do === 'open') {
    runs.set(name, await open(name, command.task))
    return nothing
  }
  if (command.do === 'stand') {
    stand()
    for (const paused of command.runs) runs.get(paused)?.gate.open()
    return nothing
  }
  const run = runs.get(name)
  if (run === undefined) throw new Error(`Nobody has opened ${name}.`)
  const { tokens, clock, gate, inner, task } = run
  switch (command.do) {
    case 'sign-in':
      await tokens.signIn(passwordGrant({ username: task.username, password: task.password }))
      return nothing
    case 'advance':
      clock.aheadMs = command.aheadMs
      return nothing
    case 'ask':
      if (command.pauseAt) gate.arm(command.pauseAt, () => tell({ paused: name }))
      return ask(tokens, command.callers)
    case 'go':
      gate.open()
      return nothing
    case 'look':
      return { ...nothing, payload: (await inner.read(tokens.key))?.payload.split('\n')[0] }
    case 'close':
      await tokens.dispose()
      runs.delete(name)
      return nothing
  }
}

async function open(name: string, task: OpenedRun): Promise<OpenRun> {
  const place = JSON.stringify(task.address)
  if (!stores.has(place))
    stores.set(
      place,
      connectStore(task.address).then(({ store }) => store),
    )
  const inner = await (stores.get(place) as Promise<TokenStore>)
  const clock = new WrongClock(task.wallAheadMs)
  const gate = new ExchangeGate()
  const tokens = fleetTokens(task, { clock, ...gate.through(withForwardAges(inner, clock)) }, name)
  return { task, clock, gate, inner, tokens }
}

async function ask(tokens: TokenManager, callers: number): Promise<RunAnswer> {
  const results = await Promise.allSettled(Array.from({ length: callers }, () => tokens.getAccessToken()))
  const given = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const errors = results.flatMap(result => (result.status === 'rejected' ? [String(result.reason)] : []))
  return { tokens: [...new Set(given)], errors: [...new Set(errors)] }
}

function stand(): void {
  process.kill(process.pid, 'SIGSTOP')
  // The signal is on its way; nothing else may happen here until the process was stopped and woken.
  const startedAt = performance.now()
  while (performance.now() - startedAt < 100);
}
