import type { TokenTimeline } from '@evergrant/timeline'
import { useEffect, useId, useRef } from 'react'
import type { HTMLAttributes, ReactNode, Ref } from 'react'
import type { LiveEvents } from './live-events.ts'

interface TimelineAttributes extends HTMLAttributes<TokenTimeline> {
  ref?: Ref<TokenTimeline>
  label?: string
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'token-timeline': TimelineAttributes
    }
  }
}

/** Draws the life of a session's token on the server, as it happens. */
export function SessionTimeline<Name extends string>({
  name,
  live,
  label,
}: {
  readonly name: Name
  readonly live: Pick<LiveEvents<Name>, 'subscribe'>
  /** Whose token it is. */
  readonly label: string
}): ReactNode {
  const timeline = useRef<TokenTimeline>(null)
  const id = useId()
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
    <div className="life" role="group" aria-labelledby={id}>
      <h3 id={id}>The token on the server</h3>
      <token-timeline ref={timeline} label={label} />
    </div>
  )
}
