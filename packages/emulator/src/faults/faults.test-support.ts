import { truphoneClient } from '../emulator.test-support.ts'
import type { Emulator } from '../emulator.ts'

/** Asks Truphone for a token. */
export function ask(emulator: Emulator, init: RequestInit = {}): Promise<Response> {
  const body = new URLSearchParams(truphoneClient(emulator))
  return emulator.fetch(emulator.truphone.endpoints().tokenEndpoint, { method: 'POST', body, ...init })
}

/** Asks so often, and returns the statuses. */
export async function statuses(count: number, answer: () => Promise<Response>): Promise<readonly number[]> {
  const seen: number[] = []
  for (let index = 0; index < count; index += 1) seen.push((await answer()).status)
  return seen
}

/** A fault that no server has by itself. */
export const teapot = { kind: 'status', status: 418 } as const
