'use client'

import { useCallback, useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import { path, readFleet, unreachable } from '../lib/fleet.ts'
import type { FleetAnswer } from '../lib/fleet.ts'
import { FleetTable } from './fleet-table.tsx'

const everyMs = 3000

/** The fleet as the page itself asks for it, every few seconds. */
export function LiveFleet(): ReactNode {
  const [answer, setAnswer] = useState<FleetAnswer>()
  const [shown, setShown] = useState<FleetAnswer>()
  const [isAsking, setAsking] = useState(true)
  const ask = useCallback(async (signal?: AbortSignal) => {
    const next = await askProxy(signal)
    if (signal?.aborted === true) return
    setAnswer(next)
    // What was seen last stays while TRAVIS is away.
    if (next.kind === 'vehicles') setShown(next)
  }, [])
  useEffect(() => {
    if (!isAsking) return undefined
    const controller = new AbortController()
    const { signal } = controller
    void ask(signal)
    const timer = setInterval(() => void ask(signal), everyMs)
    return () => {
      controller.abort()
      clearInterval(timer)
    }
  }, [ask, isAsking])
  const trouble = answer !== undefined && answer.kind !== 'vehicles'
  return (
    <section aria-labelledby="client">
      <h2 id="client">Asked by this page</h2>
      <p>Every three seconds, through a proxy that adds the token.</p>
      <p className="state" role="status">
        {answer === undefined && 'Asking…'}
        {answer?.kind === 'vehicles' && (isAsking ? 'TRAVIS answers.' : 'Stopped.')}
      </p>
      {trouble && <FleetTable answer={answer} caption="" />}
      {answer?.kind === 'sign-in' && (
        <p>
          <a href="/">To the sign-in</a>
        </p>
      )}
      {shown?.kind === 'vehicles' && (
        <>
          <FleetTable answer={shown} caption="As TRAVIS answered last" />
          <p className="quiet">
            Last answer: <time dateTime={new Date(shown.at).toISOString()}>{timeOf(shown.at)}</time>
          </p>
        </>
      )}
      <button type="button" aria-pressed={!isAsking} onClick={() => setAsking(before => !before)}>
        Pause
      </button>
    </section>
  )
}

async function askProxy(signal: AbortSignal | undefined): Promise<FleetAnswer> {
  try {
    const init = { headers: { 'x-evergrant': '1' }, ...(signal && { signal }) }
    return await readFleet(await fetch(`/api/travis/${path}`, init))
  } catch {
    return unreachable
  }
}

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}
