import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'

/**
 * Leads whoever pressed a button that is gone now to the title of the session; other tabs keep their focus.
 * `act` is told when a sign-in or a sign-out begins, and with `false` when it has failed.
 */
export function useTitleFocus(
  status: string,
  signInId: string | undefined,
): { readonly title: RefObject<HTMLHeadingElement | null>; readonly act: (isUnderWay: boolean) => void } {
  const title = useRef<HTMLHeadingElement>(null)
  const isActing = useRef(false)
  useEffect(() => {
    if (isActing.current) title.current?.focus()
    isActing.current = false
  }, [status, signInId])
  return { title, act: isUnderWay => void (isActing.current = isUnderWay) }
}
