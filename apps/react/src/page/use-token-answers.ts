import { useAccessToken } from '@evergrant/react'
import { useEffect, useState } from 'react'
import type { TabView } from './tab-view.ts'

/** How many access tokens the server has given out for this sign-in at TRAVIS; asked again when the tabs change. */
export function useTokenAnswers(tabs: readonly TabView[]): number {
  const { signInId } = useAccessToken('travis')
  const [count, setCount] = useState(0)
  useEffect(() => {
    if (signInId === undefined) return setCount(0)
    const own = new AbortController()
    const ask = async (): Promise<void> => {
      const response = await fetch('/api/token-answers', { signal: own.signal })
      const answer = (await response.json()) as { readonly count: number }
      if (!own.signal.aborted) setCount(answer.count)
    }
    // It is shown the next time.
    ask().catch(() => undefined)
    return () => own.abort()
  }, [signInId, tabs])
  return count
}
