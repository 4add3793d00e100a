'use client'

import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'

/** Puts the focus on the heading after a sign-in or sign-out, and takes the reason out of the address. */
export function useArrival(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const url = new URL(location.href)
    if (!url.searchParams.has('session')) return
    url.searchParams.delete('session')
    history.replaceState(history.state, '', url)
    heading.current?.focus()
  }, [])
  return heading
}
