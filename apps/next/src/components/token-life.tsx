'use client'

import type { TokenTimeline } from '@evergrant/timeline'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import type { Arrival } from '../lib/notices.ts'
import { isLeavingOnPurpose } from '../lib/leaving.ts'

/** Draws the life of the session's access token as it happens, and hears when the session ends elsewhere. */
export function TokenLife({ leave }: { readonly leave: (why: Arrival) => void }): ReactNode {
  const timeline = useRef<TokenTimeline>(null)
  useEffect(() => {
    void import('@evergrant/timeline').then(library => library.defineTokenTimeline())
    const source = new EventSource('/api/events')
    source.addEventListener('token', ({ data }: MessageEvent<string>) => {
      const { event, explanation } = JSON.parse(data) as TokenMessage
      const drawing = timeline.current
      if (drawing !== null) tell(drawing, event, explanation)
      if (event?.type === 'signed-out' && !isLeavingOnPurpose()) leave('elsewhere')
      if (event?.type === 'reauthorization-required') leave('ended')
    })
    return () => source.close()
  }, [leave])
  return (
    <section className="life" aria-labelledby="life">
      <h2 id="life">Your session</h2>
      <p className="quiet">
        The life of the access token that asks TRAVIS for you. It is replaced before it runs out; you will not
        notice.
      </p>
      <token-timeline ref={timeline} label="TRAVIS" />
    </section>
  )
}

interface TokenMessage {
  readonly event?: { readonly type: string } | undefined
  readonly explanation: unknown
}

// Set before the element is defined, they would be taken over then; a method would not be there.
function tell(drawing: TokenTimeline, event: unknown, explanation: unknown): void {
  if (typeof drawing.push !== 'function') {
    if (event !== undefined) drawing.events = [...(drawing.events ?? []), event]
  } else if (event !== undefined) drawing.push(event)
  drawing.explanation = explanation
}
