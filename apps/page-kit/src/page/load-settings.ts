const pauseMs = 1000

/** Asks the server for the page's settings until it answers: without them the page can do nothing. */
export async function loadSettings(): Promise<unknown> {
  for (;;) {
    try {
      const response = await fetch('/api/settings')
      if (response.ok) return await response.json()
    } catch {
      // The server is being started, or the network is away.
    }
    await new Promise(resolve => void setTimeout(resolve, pauseMs))
  }
}
