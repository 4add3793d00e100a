import * as modules from 'node:module'
import { connectStore } from '../connect-store.test-support.ts'
import type { ConnectedStore } from '../connect-store.test-support.ts'
import { mortalFileStore } from './death-files.test-support.ts'
import { DeathMoments } from './death-moments.test-support.ts'
import { DeathUsers } from './death-users.test-support.ts'
import type { DeathCommand, DeathTask } from './death-users.test-support.ts'
import { ForwardClock, withForwardAges } from '../fleet/fleet-clock.test-support.ts'

// A process that dies, or one that goes on after it: `fork` with a task, then commands. Those that come before a death
// or after it are the same program.

/** A write is about to be cut; the process goes on when it gets an answer, which is any text. */
export interface DeathAnnouncement {
  readonly writeId: string
}

const [, , text] = process.argv
if (text !== undefined && process.send !== undefined) await run(JSON.parse(text) as DeathTask)

async function run(task: DeathTask): Promise<void> {
  const moments = new DeathMoments(
    writeId =>
      new Promise(resolve => {
        process.once('message', () => resolve())
        process.send?.({ writeId } satisfies DeathAnnouncement)
      }),
  )
  const { store, close } = await connect(task, moments)
  // Its first use opens connections and loads code, which no exchange of a service waits for.
  await store.read('nobody')
  const clock = new ForwardClock()
  const users = new DeathUsers(task, moments.watching(withForwardAges(store, clock)), clock)
  process.on('message', message => {
    if (typeof message !== 'string') void answer(message as DeathCommand)
  })
  const answer = async (command: DeathCommand): Promise<void> => {
    clock.aheadMs = command.aheadMs
    moments.plan(command.death)
    const answered = await users.obey(command)
    const published = new Promise<void>(resolve => process.send?.(answered, () => resolve()))
    await published
    if (command.do === 'ask') moments.at('published')
  }
  process.on('disconnect', () => process.exit())
  // As in a service: the end waits for what is under way, and for nothing else.
  process.once('SIGTERM', () => {
    process.removeAllListeners('message')
    void users
      .dispose()
      .then(close)
      .then(() => process.exit(0))
  })
  // The next processes start faster. Node has it from 22.10 on.
  ;(modules as { flushCompileCache?: () => void }).flushCompileCache?.()
  process.send?.('ready')
}

async function connect({ address }: DeathTask, moments: DeathMoments): Promise<ConnectedStore> {
  if (address.kind !== 'file') return connectStore(address)
  return { store: mortalFileStore(address.at, moments), close: () => Promise.resolve() }
}
