import type { PageSettings } from '../settings.ts'

const pauseMs = 1000

/** Asks the server for the settings until it answers: without them the page can do nothing. */
export async function loadSettings(): Promise<PageSettings> {
  for (;;) {
    try {
      const response = await fetch('/api/settings')
      if (response.ok) return (await response.json()) as PageSettings
    } catch {
      // The server is being started, or the network is away.
    }
    await new Promise(resolve => void setTimeout(resolve, pauseMs))
  }
}
