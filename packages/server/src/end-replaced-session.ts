import type { SessionsEnvironment } from './session-of-request.ts'

/** How long to wait before each attempt, in milliseconds. */
const pausesMs = [0, 1000, 5000]

/**
 * Ends the session that a sign-in has replaced, with some patience: its cookie may still be somewhere. Never rejects;
 * that it could not be done is told.
 */
export async function endReplacedSession(
  end: () => Promise<unknown>,
  { clock, options }: Pick<SessionsEnvironment, 'clock' | 'options'>,
): Promise<void> {
  for (const pauseMs of pausesMs) {
    if (pauseMs > 0) await new Promise<void>(resolve => void clock.schedule(() => resolve(), pauseMs))
    try {
      await end()
      return
    } catch {
      // Again, until the last time.
    }
  }
  options.onNotice(
    'Evergrant: a session that another sign-in has replaced could not be ended, because the store failed. Its cookie works until the session ends by itself.',
  )
}
