import { passwordGrant } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { connectStore } from '../connect-store.test-support.ts'
import type { StoreAddress } from '../connect-store.test-support.ts'
import { ForwardClock, withForwardAges } from './fleet-clock.test-support.ts'
import { fleetTokens } from './fleet-tokens.test-support.ts'
import type { FleetServer } from './fleet-tokens.test-support.ts'

// One process of a fleet: `fork` with a task, then commands.

/** What a process is told when it starts. */
export interface FleetTask extends FleetServer {
  readonly address: StoreAddress
  readonly aheadMs: number
}

/** What a process can be told. */
export type FleetCommand =
  | { readonly do: 'sign-in' }
  | { readonly do: 'advance'; readonly aheadMs: number }
  | { readonly do: 'ask'; readonly callers: number }

/** What it answers. */
export interface FleetAnswer {
  readonly tokens: readonly string[]
  readonly errors: readonly string[]
}

const [, , text] = process.argv
if (text !== undefined && process.send !== undefined) await run(JSON.parse(text) as FleetTask)

async function run(task: FleetTask): Promise<void> {
  const clock = new ForwardClock()
  clock.aheadMs = task.aheadMs
  const { store } = await connectStore(task.address)
  const tokens = fleetTokens(task, { clock, store: withForwardAges(store, clock) })
  process.on('message', command => {
    void answer(command as FleetCommand, tokens, clock, task).then(result => process.send?.(result))
  })
  process.on('disconnect', () => process.exit())
  process.send?.('ready')
}

async function answer(
  command: FleetCommand,
  tokens: TokenManager,
  clock: ForwardClock,
  { username, password }: FleetTask,
): Promise<FleetAnswer> {
  if (command.do === 'advance') {
    clock.aheadMs = command.aheadMs
    return { tokens: [], errors: [] }
  }
  if (command.do === 'sign-in') await tokens.signIn(passwordGrant({ username, password }))
  const callers = command.do === 'ask' ? command.callers : 1
  const asked = Array.from({ length: callers }, () => tokens.getAccessToken())
  const results = await Promise.allSettled(asked)
  const given = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const errors = results.flatMap(result => (result.status === 'rejected' ? [String(result.reason)] : []))
  return { tokens: [...new Set(given)], errors: [...new Set(errors)] }
}
