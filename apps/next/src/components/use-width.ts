'use client'

import { useEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'

/** Measures an element in pixels, now and whenever it changes. Until the page runs it is `otherwise`. */
export function useWidth(otherwise: number): [RefObject<HTMLDivElement | null>, number] {
  const element = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(otherwise)
  useEffect(() => {
    if (element.current === null) return undefined
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(Math.round(entry.contentRect.width))
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [])
  return [element, width]
}
