import { defineTokenTimeline } from '@evergrant/timeline'
import type { ReactNode } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'

/** Brings the page to life: hydrates what was rendered when it was built. */
export function mountPage(page: ReactNode): void {
  defineTokenTimeline()
  const place = document.getElementById('page')
  if (place === null) return
  // Vite's development server renders nothing ahead.
  const isRendered = place.firstElementChild !== null
  if (isRendered) hydrateRoot(place, page)
  else createRoot(place).render(page)
}
