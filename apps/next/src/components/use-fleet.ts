'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import { failed, fetchFleet } from '../lib/fetch-fleet.ts'
import type { FleetAnswer, FleetFailure } from '../lib/fetch-fleet.ts'
import { retryDelay } from '../lib/retry-delay.ts'
import type { Vehicle } from '../lib/vehicle.ts'

/** The fleet as the page knows it. */
export interface Fleet {
  /** Undefined: there has been no answer yet. */
  readonly vehicles: readonly Vehicle[] | undefined
  readonly failure: FleetFailure | undefined
  readonly isAsking: boolean
  /** Epoch milliseconds of the browser; undefined until it has asked itself. */
  readonly answeredAt: number | undefined
  readonly ask: () => void
}

type Known = Omit<Fleet, 'ask' | 'isAsking'>

/** Asks for the fleet again and again while the page is visible: every half a minute, sooner after a failure. */
export function useFleet(
  first: FleetAnswer,
  signInId: string,
  { leave, change }: { readonly leave: () => void; readonly change: () => void },
): Fleet {
  const [known, setKnown] = useState<Known>(() => learn(undefined, first))
  const [isAsking, setIsAsking] = useState(false)
  const failures = useRef(first.status === 'failed' ? 1 : 0)
  const running = useRef<Promise<void>>(undefined)

  const ask = useCallback(() => {
    const question = async (): Promise<void> => {
      setIsAsking(true)
      const answer = await askProxy(signInId)
      running.current = undefined
      setIsAsking(false)
      if (answer.status === 'signed-out') return leave()
      if (answer.status === 'changed') return change()
      failures.current = answer.status === 'failed' ? failures.current + 1 : 0
      setKnown(before => learn(before, answer, Date.now()))
    }
    // One question at a time: whoever asks meanwhile gets the same answer.
    running.current ??= question()
  }, [signInId, leave, change])

  useEffect(() => {
    if (isAsking) return undefined
    const timer = setTimeout(
      () => {
        if (document.visibilityState === 'visible') ask()
      },
      retryDelay(failures.current, known.failure?.retryInMs),
    )
    const wake = (): void => {
      if (document.visibilityState === 'visible') ask()
    }
    document.addEventListener('visibilitychange', wake)
    addEventListener('online', ask)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', wake)
      removeEventListener('online', ask)
    }
  }, [ask, isAsking, known])

  return { ...known, isAsking, ask }
}

function learn(before: Known | undefined, answer: FleetAnswer, at?: number): Known {
  if (answer.status === 'answered') return { vehicles: answer.vehicles, failure: undefined, answeredAt: at }
  const failure = answer.status === 'failed' ? answer : undefined
  return { vehicles: before?.vehicles, answeredAt: before?.answeredAt, failure }
}

// The sign-in that this page shows: what somebody else may see, it does not ask for.
async function askProxy(signInId: string): Promise<FleetAnswer> {
  try {
    const headers = { 'x-evergrant': '1', 'x-evergrant-sign-in': signInId, accept: 'application/json' }
    return await fetchFleet(path => fetch(`/api/travis/${path}`, { headers }))
  } catch {
    return failed('This dashboard does not answer. Check your connection.')
  }
}
