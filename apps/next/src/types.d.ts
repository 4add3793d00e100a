/// <reference types="next" />
import type { HTMLAttributes } from 'react'
import type { TokenTimeline } from '@evergrant/timeline'

declare module '*.css'

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'token-timeline': HTMLAttributes<TokenTimeline> & { ref?: React.Ref<TokenTimeline>; label?: string }
    }
  }
}
