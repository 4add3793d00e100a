import { defineTokenTimeline } from '@evergrant/timeline'
import { hydrateRoot, createRoot } from 'react-dom/client'
import { loadSettings } from './load-settings.ts'
import { createPage } from './create-page.tsx'
import { Root } from './root.tsx'

defineTokenTimeline()
const place = document.getElementById('page')
const page = createPage(await loadSettings())
if (place !== null) {
  // Vite's development server renders nothing ahead.
  const isRendered = place.firstElementChild !== null
  if (isRendered) hydrateRoot(place, <Root page={page} />)
  else createRoot(place).render(<Root page={page} />)
}
