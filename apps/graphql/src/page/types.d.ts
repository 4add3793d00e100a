import type { TokenTimeline } from '@evergrant/timeline'
import type { HTMLAttributes, Ref } from 'react'

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'token-timeline': HTMLAttributes<TokenTimeline> & { ref?: Ref<TokenTimeline>; label?: string }
    }
  }
}
