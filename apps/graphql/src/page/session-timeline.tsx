import type { TokenTimeline } from '@evergrant/timeline'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import type { TokensName } from '../settings.ts'
import type { LiveEvents } from './live-events.ts'

/** Draws the life of the session's token on the server, as it happens. */
export function SessionTimeline({
  name,
  live,
}: {
  readonly name: TokensName
  readonly live: LiveEvents
}): ReactNode {
  const timeline = useRef<TokenTimeline>(null)
  useEffect(
    () =>
      live.subscribe(name, ({ event, explanation }) => {
        const drawing = timeline.current
        if (drawing === null) return
        if (event !== undefined) drawing.push(event)
        drawing.explanation = explanation
      }),
    [live, name],
  )
  return (
    <div className="life" role="group" aria-labelledby="life">
      <h3 id="life">The token on the server</h3>
      <token-timeline ref={timeline} label="TRAVIS" />
    </div>
  )
}
