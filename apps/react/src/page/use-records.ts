import { useCallback, useEffect, useRef, useState } from 'react'
import type { Ask } from './ask.ts'
import type { Records, Resource } from './records.ts'
import { recordsFailure } from './words.ts'

/** What is known of the records. */
export interface RecordsState {
  /** The last answer; undefined: none came yet. */
  readonly records: Records | undefined
  /** Why there is no newer answer. */
  readonly failure: string | undefined
}

/** Asks for the records now, whenever the network is back, and when `ask` is called. The last question counts. */
export function useRecords(
  resource: Resource,
  way: Ask,
): { readonly state: RecordsState; readonly ask: () => Promise<void> } {
  const [state, setState] = useState<RecordsState>({ records: undefined, failure: undefined })
  const running = useRef<AbortController>(null)
  const ask = useCallback(async () => {
    running.current?.abort()
    const own = new AbortController()
    running.current = own
    try {
      const records = resource.read(await way(resource.path, own.signal))
      if (!own.signal.aborted) setState({ records, failure: undefined })
    } catch (error) {
      if (!own.signal.aborted) setState(({ records }) => ({ records, failure: recordsFailure(error) }))
    }
  }, [resource, way])
  useEffect(() => {
    const look = (): void => void ask()
    look()
    addEventListener('online', look)
    return () => {
      removeEventListener('online', look)
      running.current?.abort()
    }
  }, [ask])
  return { state, ask }
}
