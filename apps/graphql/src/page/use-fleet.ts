import type { BrowserTokens } from '@evergrant/browser'
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { PageSettings, RefusalKind, TokensName } from '../settings.ts'
import { createFleetClient } from './create-fleet-client.ts'
import type { ClientName, FleetClient } from './fleet-client.ts'
import { FleetStats } from './fleet-stats.ts'
import type { FleetCounts } from './fleet-stats.ts'
import { liveByEvents, liveBySocket } from './live-client.ts'
import type { LiveClient } from './live-client.ts'
import type { FleetAnswer, PositionAnswer } from './operations.ts'
import { operationFailure } from './words.ts'

/** The newest position of each vehicle. */
export type Positions = Readonly<Record<string, PositionAnswer['positions']>>

/** What one client is good for. */
export interface Fleet {
  /** The last answer; undefined: none came yet. */
  readonly answer: FleetAnswer | undefined
  readonly positions: Positions
  readonly counts: FleetCounts
  /** Why there is no newer answer, or no subscription. */
  readonly failure: string | undefined
  readonly ask: () => Promise<void>
  readonly setNote: (vehicleId: string, note: string) => Promise<void>
  /** The session's token was refreshed. */
  readonly noteRefresh: () => void
}

/** What {@link useFleet} works with. It must not change: another choice is another component. */
export interface FleetChoice {
  readonly client: ClientName
  readonly name: TokensName
  readonly refusals: RefusalKind
  readonly tokens: BrowserTokens
  readonly settings: PageSettings
}

/** Runs the page's operations by one client, and its subscription for as long as the component is there. */
export function useFleet(choice: FleetChoice): Fleet {
  const [stats] = useState(() => new FleetStats())
  const counts = useSyncExternalStore(stats.subscribe, stats.getSnapshot, stats.getSnapshot)
  const [answer, setAnswer] = useState<FleetAnswer>()
  const [positions, setPositions] = useState<Positions>({})
  const [failure, setFailure] = useState<string>()
  const running = useRef<FleetClient>(null)

  const ask = useCallback(async () => {
    const client = running.current
    if (client === null) return
    try {
      const fresh = await stats.run(client.fleet, () => running.current === client)
      if (running.current !== client) return
      setAnswer(fresh)
      setFailure(undefined)
    } catch (error) {
      if (running.current === client) setFailure(operationFailure(error))
    }
  }, [stats])

  const { client: library, name, refusals, tokens, settings } = choice
  useEffect(() => {
    const live = liveOf(name, tokens, settings, stats.connected)
    const url = `${settings.graphqlUrl}${refusals === 'body' ? '?refusals=body' : ''}`
    const client = createFleetClient(library, { tokens, url, live })
    running.current = client
    stats.begin()
    void ask()
    const fail = (error: unknown): void => {
      stats.failed()
      setFailure(operationFailure(error))
    }
    const leave = client.positions({
      next: ({ positions: position }) => {
        if (!stats.received(position.number)) return
        setPositions(before => ({ ...before, [position.vehicleId]: position }))
      },
      error: error => running.current === client && fail(error),
      complete: () => running.current === client && fail(new Error('The subscription ended.')),
    })
    return () => {
      running.current = null
      leave()
      client.stop()
    }
  }, [library, name, refusals, tokens, settings, stats, ask])

  const setNote = useCallback(
    async (vehicleId: string, note: string) => {
      const client = running.current
      if (client === null) return
      try {
        const { setNote: changed } = await stats.run(
          () => client.setNote({ vehicleId, note }),
          () => running.current === client,
        )
        setAnswer(before => before && withNote(before, changed))
        setFailure(undefined)
      } catch (error) {
        setFailure(operationFailure(error))
        throw error
      }
    },
    [stats],
  )
  return { answer, positions, counts, failure, ask, setNote, noteRefresh: stats.refreshed }
}

function liveOf(
  name: TokensName,
  tokens: BrowserTokens,
  { graphqlUrl, webSocketUrl }: PageSettings,
  onConnected: () => void,
): LiveClient {
  return name === 'proxy'
    ? liveByEvents(tokens, { url: graphqlUrl, onConnected })
    : liveBySocket(tokens, { url: webSocketUrl, onConnected })
}

/** The answer with the note of one vehicle changed. */
function withNote(answer: FleetAnswer, { id, note }: { id: string; note: string }): FleetAnswer {
  return { ...answer, fleet: answer.fleet.map(each => (each.id === id ? { ...each, note } : each)) }
}
